/** From the bytes of a landed object to clean rows and violations, by the rules of docs/reference/records.md. */
@NullMarked
package dev.millrace.ingest.decode;

import org.jspecify.annotations.NullMarked;
