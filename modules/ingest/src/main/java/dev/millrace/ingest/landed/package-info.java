/** Landed objects: where they lie and which hour they are of. */
@NullMarked
package dev.millrace.ingest.landed;

import org.jspecify.annotations.NullMarked;
