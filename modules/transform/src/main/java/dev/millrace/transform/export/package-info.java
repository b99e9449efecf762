/** Models as files beside the lake's tables. */
@NullMarked
package dev.millrace.transform.export;

import org.jspecify.annotations.NullMarked;
