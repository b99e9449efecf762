@NullMarked
package dev.millrace.transform.stale;

import org.jspecify.annotations.NullMarked;
