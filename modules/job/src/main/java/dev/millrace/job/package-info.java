/** How a job starts, logs, retries and exits. */
@NullMarked
package dev.millrace.job;

import org.jspecify.annotations.NullMarked;
