/** The files of a plan become part of the lake, and of the books. */
@NullMarked
package dev.millrace.ingest.commit;

import org.jspecify.annotations.NullMarked;
