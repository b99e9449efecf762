/** The only plain-Java code that knows Iceberg. */
@NullMarked
package dev.millrace.lake;

import org.jspecify.annotations.NullMarked;
