/** Rows of the warehouse as text. */
@NullMarked
package dev.millrace.cli.query;

import org.jspecify.annotations.NullMarked;
