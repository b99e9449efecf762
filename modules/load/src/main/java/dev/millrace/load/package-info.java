/** Changed periods reach the warehouse, once, and are audited. */
@NullMarked
package dev.millrace.load;

import org.jspecify.annotations.NullMarked;
