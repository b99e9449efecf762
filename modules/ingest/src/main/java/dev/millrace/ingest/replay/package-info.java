/** What Firehose could not deliver, landed again. */
@NullMarked
package dev.millrace.ingest.replay;

import org.jspecify.annotations.NullMarked;
