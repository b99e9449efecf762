/** Rules about the code of all modules. */
@NullMarked
package dev.millrace.architecture;

import org.jspecify.annotations.NullMarked;
