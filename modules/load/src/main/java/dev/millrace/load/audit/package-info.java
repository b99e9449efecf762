/** Lake against warehouse, and the books. */
@NullMarked
package dev.millrace.load.audit;

import org.jspecify.annotations.NullMarked;
