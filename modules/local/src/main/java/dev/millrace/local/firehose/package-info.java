/** A model of Firehose, for tests and demonstrations: no emulator buffers, joins and compresses as it does. */
@NullMarked
package dev.millrace.local.firehose;

import org.jspecify.annotations.NullMarked;
