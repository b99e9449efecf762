/** All stages of a pipeline, one after the other. */
@NullMarked
package dev.millrace.cli.run;

import org.jspecify.annotations.NullMarked;
