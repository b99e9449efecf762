/** Plans, stamps, edges, books and the run ledger in Postgres. */
@NullMarked
package dev.millrace.control;

import org.jspecify.annotations.NullMarked;
