package dev.millrace.contract;

import java.util.List;

/** A table of the lake and the warehouse. */
public sealed interface Table permits SourceTable, ModelTable {
    String name();

    String description();

    /** The contract's columns in its order, without those that Millrace adds. */
    List<Column> columns();

    Period period();

    /** The columns whose values together tell one row from another. */
    List<String> grain();
}
