package dev.millrace.contract;

import static dev.millrace.contract.ContractSettings.KEY_PREFIX;

import dev.millrace.contract.SourceTable.RecordFormat;
import dev.millrace.contract.SourceTable.Routing;
import dev.millrace.contract.written.Problems;
import java.util.List;
import java.util.Optional;

/** Tables of a contract that share objects: whose record is whose. */
final class Routes {
    private final List<SourceTable> tables;

    Routes(List<SourceTable> tables) {
        this.tables = List.copyOf(tables);
    }

    /** The tables, each of those that share objects knowing the others. The first has what belongs to none. */
    List<SourceTable> routed() {
        return tables.stream().map(this::routed).toList();
    }

    private SourceTable routed(SourceTable table) {
        Optional<Routing> routing = routing(table);
        if (routing.isEmpty()) {
            return table;
        }
        List<SourceTable> sharing =
                tables.stream().filter(other -> share(table, other)).toList();
        List<String> others = sharing.stream()
                .flatMap(other -> routing(other).stream())
                .map(Routing::keyPrefix)
                .filter(prefix -> !prefix.equals(routing.get().keyPrefix()))
                .sorted()
                .toList();
        boolean first = sharing.get(0).equals(table);
        return table.with(new RecordFormat.Json(
                SourceTable.Envelope.NONE, Optional.of(new Routing(routing.get().keyPrefix(), others, first))));
    }

    /** Tells where the table and one before it cannot share their objects. */
    static void refuse(SourceTable table, List<SourceTable> before, Customs customs, Problems problems) {
        for (SourceTable other : before) {
            if (share(table, other)) {
                String prefix = routing(table).orElseThrow().keyPrefix();
                String otherPrefix = routing(other).orElseThrow().keyPrefix();
                if (prefix.startsWith(otherPrefix) || otherPrefix.startsWith(prefix)) {
                    problems.add(
                            customs.place(KEY_PREFIX),
                            "'" + prefix + "' and the keyPrefix '" + otherPrefix + "' of the table '" + other.name()
                                    + "' take the same keys; let neither begin with the other");
                }
                if (!table.layout().equals(other.layout()) || table.maxRecordBytes() != other.maxRecordBytes()) {
                    problems.add(
                            customs.owner(),
                            "the table shares the objects below '" + table.prefix() + "' with the table '"
                                    + other.name() + "'; write the same layout and maxRecordBytes for both");
                }
            }
        }
    }

    private static boolean share(SourceTable table, SourceTable other) {
        return routing(table).isPresent()
                && routing(other).isPresent()
                && table.prefix().equals(other.prefix());
    }

    private static Optional<Routing> routing(SourceTable table) {
        return table.format() instanceof RecordFormat.Json json ? json.routing() : Optional.empty();
    }
}
