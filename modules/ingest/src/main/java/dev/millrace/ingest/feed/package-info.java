/** What queues and streams hold, landed as Firehose would have landed it. */
@NullMarked
package dev.millrace.ingest.feed;

import org.jspecify.annotations.NullMarked;
