/** Reads the lake's Parquet column by column, without an object per field. */
@NullMarked
package dev.millrace.lake.read;

import org.jspecify.annotations.NullMarked;
