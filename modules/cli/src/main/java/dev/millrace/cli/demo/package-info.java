/** The pipelines on samples, through a scheduler, with a report that can be checked. */
@NullMarked
package dev.millrace.cli.demo;

import org.jspecify.annotations.NullMarked;
