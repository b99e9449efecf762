package dev.millrace.local;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The Postgres processes of one data directory. They are told by the directory they work in, never by their name alone: a
 * process id in a stale file may belong to anybody by now.
 */
final class PostgresProcesses {
    private static final Path PROC = Path.of("/proc");
    private static final Duration FAST = Duration.ofSeconds(60);
    private static final Duration IMMEDIATE = Duration.ofSeconds(10);

    private final Path data;

    PostgresProcesses(Path data) {
        this.data = data;
    }

    /** The postmaster that the data directory names, if that process really is one of this directory. */
    OptionalLong postmaster() {
        OptionalLong pid = namedPostmaster();
        return pid.isPresent() && isOurs(pid.getAsLong()) ? pid : OptionalLong.empty();
    }

    boolean isOurs(long pid) {
        if (Files.isDirectory(PROC)) {
            return worksHere(PROC.resolve(Long.toString(pid))) || namesDirectory(pid);
        }
        return namesDirectory(pid);
    }

    /** All of them, backends of a postmaster that died included. Without /proc, only the postmaster. */
    List<Long> running() {
        List<Long> running = new ArrayList<>();
        if (Files.isDirectory(PROC)) {
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
                for (Path process : processes) {
                    if (worksHere(process)) {
                        running.add(Long.parseLong(process.getFileName().toString()));
                    }
                }
            } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
                // Processes come and go while one looks; the postmaster's file is asked below.
            }
        }
        OptionalLong postmaster = postmaster();
        if (postmaster.isPresent() && !running.contains(postmaster.getAsLong())) {
            running.add(postmaster.getAsLong());
        }
        return running;
    }

    /** Stops them in the way that loses nothing; harder only where that does not help. True if there was one. */
    boolean stop() {
        if (running().isEmpty()) {
            return false;
        }
        OptionalLong postmaster = postmaster();
        boolean gone = false;
        if (postmaster.isPresent()) {
            signal(postmaster.getAsLong(), "INT");
            gone = Pause.until(() -> running().isEmpty(), FAST);
        }
        if (!gone && postmaster.isPresent()) {
            signal(postmaster.getAsLong(), "QUIT");
        }
        // Backends whose postmaster is dead notice by themselves, unless they are deep in work.
        if (!gone && !Pause.until(() -> running().isEmpty(), IMMEDIATE)) {
            for (long pid : running()) {
                signal(pid, "KILL");
            }
            Pause.until(() -> running().isEmpty(), IMMEDIATE);
        }
        return true;
    }

    private OptionalLong namedPostmaster() {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            return lines.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(lines.get(0).trim()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private boolean worksHere(Path process) {
        try {
            String program = Files.readSymbolicLink(process.resolve("exe")).toString();
            return (program.endsWith("/postgres") || program.endsWith("/postgres (deleted)"))
                    && Files.readSymbolicLink(process.resolve("cwd")).equals(data.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private boolean namesDirectory(long pid) {
        return ProcessHandle.of(pid)
                .map(ProcessHandle::info)
                .filter(info -> info.command().orElse("").endsWith("/postgres"))
                .flatMap(ProcessHandle.Info::arguments)
                .map(arguments -> List.of(arguments).contains(data.toString()))
                .orElse(false);
    }

    /** Java itself can only send TERM, which waits for every client to leave, and KILL. */
    private static void signal(long pid, String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " \"$0\"", Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
