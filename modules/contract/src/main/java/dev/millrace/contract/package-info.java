/** What a data set's records must look like. */
@NullMarked
package dev.millrace.contract;

import org.jspecify.annotations.NullMarked;
