package dev.millrace.lake;

import dev.millrace.contract.Lineage;
import dev.millrace.contract.SourceTable;
import dev.millrace.environment.Environment;
import dev.millrace.job.ExitCode;
import dev.millrace.job.JobException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types.NestedField;

/** The lake's tables: created when they are first asked for, and given the columns that a contract has gained. */
public final class Lake implements AutoCloseable {
    public static final String CLEAN = "clean";
    public static final String QUARANTINE = "quarantine";
    /** The schema of the control database in which the catalog keeps its own tables. */
    public static final String CATALOG_SCHEMA = "lake_catalog";

    private static final String CATALOG = "millrace";

    private final S3Store store;
    private final JdbcCatalog catalog;
    private final String warehouse;

    private Lake(S3Store store, JdbcCatalog catalog, String warehouse) {
        this.store = store;
        this.catalog = catalog;
        this.warehouse = warehouse;
    }

    public static Lake open(Environment environment) {
        S3Store store = S3Store.open(environment.lake().store());
        StoreFileIO files = new StoreFileIO(store);
        JdbcCatalog catalog = new JdbcCatalog(properties -> files, null, true);
        String warehouse = environment.lake().warehouse().toString();
        Map<String, String> properties = new HashMap<>();
        properties.put("uri", environment.control().url());
        properties.put("jdbc.user", environment.control().user());
        properties.put("jdbc.password", environment.control().password().reveal());
        properties.put("jdbc.currentSchema", CATALOG_SCHEMA);
        properties.put("jdbc.schema-version", "V1");
        properties.put("warehouse", warehouse);
        catalog.initialize(CATALOG, properties);
        return new Lake(store, catalog, warehouse);
    }

    /** The store in which the lake's files are. */
    public S3Store store() {
        return store;
    }

    /** Puts a document of ours beside the data, below the lake's root. */
    public void putDocument(String path, byte[] bytes) {
        StoreFileIO.Location location = StoreFileIO.Location.of(at(path));
        store.put(location.bucket(), location.key(), bytes);
    }

    public byte[] document(String path) {
        StoreFileIO.Location location = StoreFileIO.Location.of(at(path));
        return store.bytes(location.bucket(), location.key())
                .orElseThrow(() -> new JobException(
                        ExitCode.TEMPORARY, "There is no " + at(path) + ": run the step that writes it again."));
    }

    private String at(String path) {
        return (warehouse.endsWith("/") ? warehouse : warehouse + "/") + path;
    }

    /** The clean table, with at least the contract's columns. */
    public LakeTable clean(SourceTable source) {
        return new LakeTable(ensure(
                CLEAN, source.name(), LakeSchema.clean(source), Lineage.HOUR, List.copyOf(Encodings.plain(source))));
    }

    /** The quarantine table. */
    public LakeTable quarantine(SourceTable source) {
        return new LakeTable(
                ensure(QUARANTINE, source.name(), LakeSchema.quarantine(), Lineage.HOUR, List.of(Lineage.RECORD)));
    }

    /** A table of any namespace as it is, for those who read it. */
    public Table existing(String namespace, String name) {
        return catalog.loadTable(TableIdentifier.of(namespace, name));
    }

    public boolean exists(String namespace, String name) {
        return catalog.tableExists(TableIdentifier.of(namespace, name));
    }

    private Table ensure(String namespace, String name, Schema schema, String partitionedBy, List<String> plain) {
        TableIdentifier id = TableIdentifier.of(namespace, name);
        if (!catalog.tableExists(id)) {
            create(id, schema, partitionedBy, plain);
        }
        Table table = catalog.loadTable(id);
        return evolve(table, schema) ? catalog.loadTable(id) : table;
    }

    private void create(TableIdentifier id, Schema schema, String partitionedBy, List<String> plain) {
        Map<String, String> properties = new HashMap<>();
        properties.put(TableProperties.FORMAT_VERSION, "2");
        properties.put(TableProperties.PARQUET_COMPRESSION, "zstd");
        properties.put(TableProperties.PARQUET_COMPRESSION_LEVEL, "1");
        properties.put(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true");
        properties.put(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20");
        for (String column : plain) {
            properties.put("write.parquet.dict-encoding-enabled.column." + column, "false");
        }
        Namespace namespace = id.namespace();
        unlessThere(() -> catalog.createNamespace(namespace), () -> catalog.namespaceExists(namespace));
        unlessThere(
                () -> catalog.buildTable(id, schema)
                        .withPartitionSpec(PartitionSpec.builderFor(schema)
                                .identity(partitionedBy)
                                .build())
                        .withProperties(properties)
                        .create(),
                () -> catalog.tableExists(id));
    }

    /** Where another process is quicker, what it created is the same. The catalog may say so as a violated key only. */
    private static void unlessThere(Runnable create, BooleanSupplier isThere) {
        if (isThere.getAsBoolean()) {
            return;
        }
        try {
            create.run();
        } catch (AlreadyExistsException | UncheckedSQLException e) {
            if (!isThere.getAsBoolean()) {
                throw e;
            }
        }
    }

    /** Adds what the contract has gained, in its place; widens what may be widened; refuses any other change of a type. */
    private static boolean evolve(Table table, Schema wanted) {
        UpdateSchema update = table.updateSchema();
        boolean changed = false;
        String before = null;
        for (NestedField field : wanted.columns()) {
            NestedField present = table.schema().findField(field.name());
            if (present == null) {
                update.addColumn(field.name(), field.type());
                if (before == null) {
                    update.moveFirst(field.name());
                } else {
                    update.moveAfter(field.name(), before);
                }
                changed = true;
            } else if (!present.type().equals(field.type())) {
                widen(table, update, present, field.type());
                changed = true;
            }
            before = field.name();
        }
        if (changed) {
            try {
                update.commit();
            } catch (CommitFailedException e) {
                throw new JobException(
                        ExitCode.TEMPORARY, "Table " + table.name() + " was changed by another run: try again.", e);
            }
        }
        return changed;
    }

    private static void widen(Table table, UpdateSchema update, NestedField present, Type type) {
        if (!TypeUtil.isPromotionAllowed(present.type(), type.asPrimitiveType())) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Column " + present.name() + " of lake table " + table.name() + " is " + present.type()
                            + ", and the contract now says " + type
                            + ", which its stored rows cannot become: give the column a new name.");
        }
        update.updateColumn(present.name(), type.asPrimitiveType());
    }

    @Override
    public void close() {
        catalog.close();
        store.close();
    }
}
