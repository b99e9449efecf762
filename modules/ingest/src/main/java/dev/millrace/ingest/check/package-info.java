/** Whether landing bucket and lake can be used. */
@NullMarked
package dev.millrace.ingest.check;

import org.jspecify.annotations.NullMarked;
