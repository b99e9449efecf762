@NullMarked
package dev.millrace.cli.query;

import org.jspecify.annotations.NullMarked;
