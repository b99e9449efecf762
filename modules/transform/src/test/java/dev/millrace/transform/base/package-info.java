@NullMarked
package dev.millrace.transform.base;

import org.jspecify.annotations.NullMarked;
