package dev.millrace.load.warehouse;

import java.util.Collection;
import java.util.SortedMap;

/**
 * Where rows are loaded to. The ledger lies beside the data and changes in the same transaction, so that a period is loaded
 * or it is not, whatever happens on the way.
 */
public sealed interface Warehouse extends AutoCloseable permits PostgresWarehouse {

    /** Creates what Millrace needs for itself, and refuses a warehouse of a later Millrace. */
    void prepare();

    /** Brings a table to the contract's shape without ever dropping it; true if there was something to do. */
    boolean shape(WarehouseTable table);

    /** What the ledger says of a table, by period: nothing where the warehouse was never prepared. */
    SortedMap<String, LedgerEntry> ledger(String table);

    /** Loads all of it in one transaction, or nothing. Safe to repeat. */
    Loaded load(TableLoad load);

    /** Counts and digests what a table holds, by period: the given periods, or where there are none, all there are. */
    SortedMap<String, Tally> tally(WarehouseTable table, Collection<String> periods, ChecksumKind kind);

    /** Digests the lake's rows of a table as {@link #tally} does the warehouse's. */
    RowChecksum checksum(WarehouseTable table, ChecksumKind kind);

    /** Ends its connections. */
    @Override
    void close();
}
