/** Values made unreadable before they are stored. */
@NullMarked
package dev.millrace.ingest.mask;

import org.jspecify.annotations.NullMarked;
