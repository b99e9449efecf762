/** Clean rows, deduplicated, by event period. */
@NullMarked
package dev.millrace.transform.base;

import org.jspecify.annotations.NullMarked;
