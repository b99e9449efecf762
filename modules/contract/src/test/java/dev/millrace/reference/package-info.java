/** Pages of docs/reference that are written from the code. */
@NullMarked
package dev.millrace.reference;

import org.jspecify.annotations.NullMarked;
