/** The processes that jobs run in. */
@NullMarked
package dev.millrace.cli.process;

import org.jspecify.annotations.NullMarked;
