/** Landed objects become clean or quarantined rows. */
@NullMarked
package dev.millrace.ingest;

import org.jspecify.annotations.NullMarked;
