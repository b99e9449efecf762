@NullMarked
package dev.millrace.transform;

import org.jspecify.annotations.NullMarked;
