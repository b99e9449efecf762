/** The warehouse: tables after the contract, binary COPY, convergence in one transaction, a ledger beside the data. */
@NullMarked
package dev.millrace.load.warehouse;

import org.jspecify.annotations.NullMarked;
