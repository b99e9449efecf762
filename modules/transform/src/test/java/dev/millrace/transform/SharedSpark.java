package dev.millrace.transform;

import org.apache.spark.sql.SparkSession;

/** One Spark for many runs of a worker process, each run with a session of its own, so that it finds its own lake. */
public final class SharedSpark implements Runnable {
    private final SparkSession shared = SparkSession.builder()
            .master("local[1]")
            .appName("worker")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.catalogImplementation", "in-memory")
            .config("spark.sql.extensions", "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
            .config("spark.shuffle.compress", "false")
            .getOrCreate();

    @Override
    public void run() {
        SparkSession session = shared.newSession();
        SparkSession.setDefaultSession(session);
        SparkSession.setActiveSession(session);
    }
}
