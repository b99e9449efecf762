package dev.millrace.cli.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A bar at the bottom of a terminal, redrawn below whatever is told meanwhile. */
public final class ProgressBar implements Progress {
    private static final int WIDTH = 24;
    private static final String CLEAR = "\r\u001b[K";
    private static final long REDRAW_MILLIS = 200;

    private final PrintStream terminal;
    private final LongSupplier nanos;
    private final Thread redraw;
    private String step = "";
    private int number;
    private int of = 1;
    private long begun;

    public ProgressBar(PrintStream terminal, LongSupplier nanos) {
        this.terminal = terminal;
        this.nanos = nanos;
        this.redraw = new Thread(this::drawAgainAndAgain, "progress");
        redraw.setDaemon(true);
        redraw.start();
    }

    private void drawAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(REDRAW_MILLIS);
                draw();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void begins(String step, int number, int of) {
        this.step = step;
        this.number = number;
        this.of = of;
        begun = nanos.getAsLong();
        draw();
    }

    @Override
    public synchronized void ended(String step, String how, Duration took) {
        terminal.print(CLEAR);
        terminal.printf(Locale.ROOT, "  %-12s %6.1f s  %s%n", step, took.toMillis() / 1000.0, how);
        this.step = "";
        terminal.flush();
    }

    @Override
    public synchronized void logged(String line) {
        terminal.print(CLEAR);
        terminal.println(line);
        draw();
    }

    private synchronized void draw() {
        if (!step.isEmpty()) {
            terminal.print(CLEAR + bar(number, of) + " " + step + " "
                    + Duration.ofNanos(nanos.getAsLong() - begun).toSeconds() + " s");
            terminal.flush();
        }
    }

    static String bar(int number, int of) {
        int filled = Math.min(WIDTH, WIDTH * number / Math.max(1, of));
        return "  [" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "]";
    }

    @Override
    public synchronized void close() {
        redraw.interrupt();
        step = "";
        terminal.print(CLEAR);
        terminal.flush();
    }
}
