package dev.millrace.job;

/** How a job ends, for whoever chains jobs. The codes are part of the product: see docs/reference/exit-codes.md. */
public enum ExitCode {
    DONE(0, "done"),
    BUG(1, "a mistake in Millrace: fail, do not retry"),
    USAGE(2, "wrong usage or configuration: fail, do not retry"),
    NOTHING_STALE(10, "nothing was stale: skip this task only"),
    BROKEN(20, "hour held, quality broken or books out of balance: fail, do not retry, alert"),
    TEMPORARY(75, "temporary (network, throttling, lock, plan moved): retry with backoff"),
    COMMIT_UNKNOWN(76, "commit state unknown: retry, which looks at the catalog or ledger first");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }
}
