/** Where a project's landing bucket, lake, control database and warehouse are: millrace.yaml. */
@NullMarked
package dev.millrace.environment;

import org.jspecify.annotations.NullMarked;
