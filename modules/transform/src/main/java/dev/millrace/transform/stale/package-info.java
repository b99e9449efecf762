/** Which periods are stale, and why: decided from the books alone, without Spark. */
@NullMarked
package dev.millrace.transform.stale;

import org.jspecify.annotations.NullMarked;
