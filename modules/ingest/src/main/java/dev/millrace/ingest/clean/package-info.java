/** Objects of a plan become files of clean and quarantined rows. */
@NullMarked
package dev.millrace.ingest.clean;

import org.jspecify.annotations.NullMarked;
