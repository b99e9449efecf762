/** Embedded services and samples, for development and tests only. */
@NullMarked
package dev.millrace.local;

import org.jspecify.annotations.NullMarked;
