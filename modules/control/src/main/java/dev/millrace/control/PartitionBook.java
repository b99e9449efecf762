package dev.millrace.control;

/** One period of a base table or a model as last built: of what it was made and what is in it. */
public record PartitionBook(
        String period,
        Layer layer,
        MadeOf madeOf,
        String content,
        long rows,
        long duplicates,
        String duplicateContent,
        String runId) {

    public enum Layer {
        BASE("base"),
        MODEL("model");

        private final String namespace;

        Layer(String namespace) {
            this.namespace = namespace;
        }

        /** The lake's namespace of such tables. */
        public String namespace() {
            return namespace;
        }
    }
}
