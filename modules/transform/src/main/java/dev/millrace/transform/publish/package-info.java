/** Write, audit, publish: how a table's periods change. */
@NullMarked
package dev.millrace.transform.publish;

import org.jspecify.annotations.NullMarked;
