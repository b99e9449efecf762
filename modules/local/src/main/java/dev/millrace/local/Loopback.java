package dev.millrace.local;

/** The services listen on this machine's own address only. */
final class Loopback {
    static final String HOST = "127.0.0.1";

    private Loopback() {}
}
