@NullMarked
package dev.millrace.control;

import org.jspecify.annotations.NullMarked;
