package dev.millrace.transform.stale;

/** Why a period is stale, and what it is that changed: an hour, a period of an input, or nothing more to say. */
public record Reason(Kind kind, String subject) {

    public enum Kind {
        NEVER_BUILT("never built"),
        HOUR_ADDED("late hour"),
        HOUR_CHANGED("hour changed"),
        HOUR_VANISHED("hour vanished"),
        KEYS_CHANGED("keys changed"),
        CONTRACT_CHANGED("contract changed"),
        MODEL_CHANGED("model changed"),
        INPUT_ADDED("input added"),
        INPUT_CHANGED("input changed"),
        INPUT_VANISHED("input vanished"),
        /** What the input will hold is known only when it is built. */
        INPUT_STALE("input stale"),
        /** An attempt announced to publish this period and did not say that it had. */
        UNFINISHED("unfinished attempt");

        private final String meaning;

        Kind(String meaning) {
            this.meaning = meaning;
        }

        public String meaning() {
            return meaning;
        }
    }

    @Override
    public String toString() {
        return subject.isEmpty() ? kind.meaning() : kind.meaning() + " " + subject;
    }
}
