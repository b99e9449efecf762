@NullMarked
package dev.millrace.cli.docker;

import org.jspecify.annotations.NullMarked;
