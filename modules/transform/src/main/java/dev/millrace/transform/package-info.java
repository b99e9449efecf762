/** Spark SQL: base models and models, by event period. */
@NullMarked
package dev.millrace.transform;

import org.jspecify.annotations.NullMarked;
