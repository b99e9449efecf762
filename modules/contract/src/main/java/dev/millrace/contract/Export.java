package dev.millrace.contract;

import static java.util.Objects.requireNonNull;

/** A model as files, for those who do not ask a warehouse. */
public sealed interface Export {
    /** Below the pipeline's folder of exports, without a slash at its end. */
    String folder();

    /** One CSV of all rows, which is replaced whole. */
    record Current(String folder, char delimiter) implements Export {
        public Current {
            requireNonNull(folder, "folder");
        }
    }

    /** All rows as Parquet, once more each time that they changed, in folders by the time of that. */
    record History(String folder) implements Export {
        public History {
            requireNonNull(folder, "folder");
        }
    }
}
