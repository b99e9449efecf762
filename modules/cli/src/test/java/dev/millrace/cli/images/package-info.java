@NullMarked
package dev.millrace.cli.images;

import org.jspecify.annotations.NullMarked;
