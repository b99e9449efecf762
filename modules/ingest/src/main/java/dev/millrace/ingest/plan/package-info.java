/** Which hours are stale, frozen into a plan. */
@NullMarked
package dev.millrace.ingest.plan;

import org.jspecify.annotations.NullMarked;
