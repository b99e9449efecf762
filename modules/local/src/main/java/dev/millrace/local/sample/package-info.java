/** Deterministic landings with the shapes and the dirt of the real data, for demonstrations, tests and benchmarks. */
@NullMarked
package dev.millrace.local.sample;

import org.jspecify.annotations.NullMarked;
