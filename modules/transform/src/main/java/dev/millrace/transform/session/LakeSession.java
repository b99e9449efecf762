package dev.millrace.transform.session;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.slf4j.LoggerFactory;

/** Spark with its way into the lake. Where spark-submit or its settings say something, they win. */
public final class LakeSession implements AutoCloseable {
    public static final String CATALOG = "millrace";

    private static final long ROWS_A_SHUFFLE_PARTITION = 500_000;
    private static final long ADAPTIVE_FROM_ROWS = 2_000_000;
    private static final long ROWS_WORTH_COMPILING = 50_000;
    private static final String WHOLE_STAGE = "spark.sql.codegen.wholeStage";
    private static final String CODE_FACTORY = "spark.sql.codegen.factoryMode";
    private static final String SHUFFLE_PARTITIONS = "spark.sql.shuffle.partitions";
    private static final String ADAPTIVE = "spark.sql.adaptive.enabled";
    private static final String LIMIT_LOOKS_AT = "spark.sql.limit.initialNumPartitions";
    private static final int MANY_PARTITIONS = 10_000;

    /** What these warn about is true of every small machine, and of no use to anybody. */
    private static final List<String> TALKATIVE = List.of(
            "org.apache.spark.util.Utils",
            "org.apache.spark.sql.classic.SparkSession",
            "org.apache.spark.sql.catalyst.util.SparkStringUtils",
            "org.apache.spark.util.SparkStringUtils",
            "org.apache.hadoop.util.NativeCodeLoader",
            "org.apache.iceberg.aws.s3.S3FileIO");

    /** These tell of failed tasks, and quote the rows on which they failed. Whoever gets the exception tells it. */
    private static final List<String> QUOTING = List.of(
            "org.apache.spark.executor.Executor",
            "org.apache.spark.scheduler.DAGScheduler",
            "org.apache.spark.scheduler.TaskSetManager",
            "org.apache.spark.storage.BlockManager");

    private final SparkSession spark;
    private final boolean sizesItself;
    private final boolean owned;
    private final Catalog catalog;

    private LakeSession(SparkSession spark, boolean sizesItself, boolean owned) {
        this.spark = spark;
        this.sizesItself = sizesItself;
        this.owned = owned;
        this.catalog = Spark3Util.loadIcebergCatalog(spark, CATALOG);
    }

    public static LakeSession open(LakeAccess lake, String name) {
        level(TALKATIVE, Level.ERROR);
        level(QUOTING, Level.OFF);
        SparkConf conf = new SparkConf(true);
        boolean sizesItself = !conf.contains(SHUFFLE_PARTITIONS);
        defaults(lake).forEach(conf::setIfMissing);
        conf.setIfMissing("spark.app.name", name);
        conf.setIfMissing("spark.master", "local[*]");
        if (conf.get("spark.master").startsWith("local")) {
            conf.setIfMissing("spark.driver.host", "127.0.0.1");
            conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
            // Without a cluster nothing is shuffled over a wire, and small blocks are not worth their compression.
            conf.setIfMissing("spark.shuffle.compress", "false");
        }
        // What a model means must not depend on where it runs.
        conf.set("spark.sql.ansi.enabled", "true");
        conf.set("spark.sql.session.timeZone", "UTC");
        // Times that this process takes out of Spark and gives back are the same to the microsecond, those of long ago
        // too.
        conf.set("spark.sql.datetime.java8API.enabled", "true");
        // Spark's general builder finds this one by Scala's reflection, which takes a second.
        boolean owned =
                org.apache.spark.sql.classic.SparkSession.getDefaultSession().isEmpty();
        SparkSession spark =
                org.apache.spark.sql.classic.SparkSession.builder().config(conf).getOrCreate();
        try {
            return new LakeSession(spark, sizesItself, owned);
        } catch (Exception e) {
            throw spark.sparkContext().isStopped() ? SparkFailure.stopped() : SparkFailure.of("the lake's catalog", e);
        }
    }

    private static void level(List<String> loggers, Level level) {
        for (String logger : loggers) {
            if (LoggerFactory.getLogger(logger) instanceof Logger known) {
                known.setLevel(level);
            }
        }
    }

    private static Map<String, String> defaults(LakeAccess lake) {
        Map<String, String> conf = new LinkedHashMap<>();
        conf.put("spark.ui.enabled", "false");
        conf.put("spark.ui.showConsoleProgress", "false");
        conf.put("spark.sql.catalogImplementation", "in-memory");
        // Without a user interface nobody reads the plan that Spark would lay out for each query.
        conf.put("spark.sql.ui.explainMode", "simple");
        conf.put("spark.log.legacyMdc.enabled", "false");
        // For sessions that add jars of their own. Executors would ask the driver for each class that nobody has, such
        // as those of formats that an image does without.
        conf.put("spark.sql.artifact.isolation.enabled", "false");
        conf.put("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
        String catalog = "spark.sql.catalog." + CATALOG;
        conf.put(catalog, "org.apache.iceberg.spark.SparkCatalog");
        conf.put(catalog + ".type", "jdbc");
        conf.put(catalog + ".uri", lake.catalogUrl());
        conf.put(catalog + ".jdbc.user", lake.user());
        conf.put(catalog + ".jdbc.password", lake.password().reveal());
        conf.put(catalog + ".jdbc.currentSchema", "lake_catalog");
        conf.put(catalog + ".jdbc.schema-version", "V1");
        conf.put(catalog + ".warehouse", lake.warehouse());
        conf.put(catalog + ".io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
        // A table is looked at several times within one attempt, and each time as it then is.
        conf.put(catalog + ".cache-enabled", "false");
        lake.fileSettings().forEach((key, value) -> conf.put(catalog + "." + key, value.reveal()));
        return conf;
    }

    public SparkSession spark() {
        return spark;
    }

    /** Whether Spark has ended by itself, as it does when its master gives the application up. */
    public boolean stopped() {
        return spark.sparkContext().isStopped();
    }

    /** Fits shuffles to the work ahead, unless whoever submitted the job has said how. */
    public void sizeFor(long rows) {
        if (sizesItself) {
            int cores = spark.sparkContext().defaultParallelism();
            long partitions = rows < ROWS_A_SHUFFLE_PARTITION / 10
                    ? 1
                    : Math.max(cores, Math.min(1_000, rows / ROWS_A_SHUFFLE_PARTITION));
            spark.conf().set(SHUFFLE_PARTITIONS, partitions);
            spark.conf().set(ADAPTIVE, rows >= ADAPTIVE_FROM_ROWS);
            // For so little, writing and compiling code takes longer than doing without.
            boolean small = rows < ROWS_WORTH_COMPILING;
            spark.conf().set(WHOLE_STAGE, !small);
            spark.conf().set(CODE_FACTORY, small ? "NO_CODEGEN" : "FALLBACK");
            if (small) {
                // Where no more than so many rows are wanted, all partitions are looked at in one go.
                spark.conf().set(LIMIT_LOOKS_AT, MANY_PARTITIONS);
            } else {
                spark.conf().unset(LIMIT_LOOKS_AT);
            }
        }
    }

    public static String name(String namespace, String table) {
        return CATALOG + "." + namespace + "." + table;
    }

    public Catalog catalog() {
        return catalog;
    }

    public Optional<Table> find(String namespace, String table) {
        try {
            return Optional.of(catalog.loadTable(TableIdentifier.of(namespace, table)));
        } catch (NoSuchTableException e) {
            return Optional.empty();
        }
    }

    public void ensureNamespace(String namespace) {
        if (catalog instanceof SupportsNamespaces namespaces) {
            Namespace wanted = Namespace.of(namespace);
            if (!namespaces.namespaceExists(wanted)) {
                create(namespaces, wanted);
            }
        }
    }

    /** Another process may be quicker; the catalog may say so as a violated key only. */
    private static void create(SupportsNamespaces namespaces, Namespace wanted) {
        try {
            namespaces.createNamespace(wanted);
        } catch (AlreadyExistsException | UncheckedSQLException e) {
            if (!namespaces.namespaceExists(wanted)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        // A session that was there before goes on for whoever opened it.
        if (owned) {
            spark.stop();
        }
    }
}
