/** Which periods the warehouse does not hold as the lake does. */
@NullMarked
package dev.millrace.load.stale;

import org.jspecify.annotations.NullMarked;
