/** What a model's SQL makes of its inputs, by period. */
@NullMarked
package dev.millrace.transform.model;

import org.jspecify.annotations.NullMarked;
