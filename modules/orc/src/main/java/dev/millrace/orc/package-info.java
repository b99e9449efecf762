/** The rows of ORC files. An artifact of its own: only contracts that ask for the format need its library. */
@NullMarked
package dev.millrace.orc;

import org.jspecify.annotations.NullMarked;
