package dev.millrace.job;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of a job, written down by a process that was started to do so, that later ones need not read and check them anew.
 * The JVM looks at the size and the time of every jar before it believes an archive.
 */
public final class ClassArchive {
    private static final Logger LOG = LoggerFactory.getLogger(ClassArchive.class);
    private static final String FILE = "millrace.class-archive";

    /** A line of the hierarchy: the name of a class, and its loader, of which the JVM's own has no address. */
    private static final Pattern LOADED = Pattern.compile("([\\w.$]+)/0x[0-9a-f]+$", Pattern.MULTILINE);

    private ClassArchive() {}

    /** Leaves the names of this process's classes for the one that writes the archive: a job may be several processes. */
    public static void remember() {
        file().ifPresent(archive -> {
            try {
                Files.write(names(archive), known(archive));
            } catch (JMException | IOException e) {
                LOG.warn("Cannot write {}: {}", names(archive), e.getMessage());
            }
        });
    }

    /** Writes the archive where the JVM was started to write one. */
    public static void write() {
        file().ifPresent(archive -> {
            try {
                link(known(archive));
                // The JVM gives the file its name when all of it is there.
                ask("vmCds", "dynamic_dump", archive.toString());
                Files.deleteIfExists(names(archive));
                LOG.info("wrote the classes of this job to {}", archive);
            } catch (JMException | IOException e) {
                LOG.warn("Cannot write {}: {}", archive, e.getMessage());
            }
        });
    }

    private static Optional<Path> file() {
        return Optional.ofNullable(System.getProperty(FILE)).map(Path::of);
    }

    private static Path names(Path archive) {
        return archive.resolveSibling(archive.getFileName() + ".names");
    }

    /** What earlier processes left, and what this one has loaded. */
    private static Set<String> known(Path archive) throws IOException, JMException {
        Path left = names(archive);
        Set<String> names = new LinkedHashSet<>(Files.exists(left) ? Files.readAllLines(left) : Set.of());
        Matcher loaded = LOADED.matcher(ask("vmClassHierarchy"));
        while (loaded.find()) {
            names.add(loaded.group(1));
        }
        return names;
    }

    /**
     * The JVM leaves out what it has loaded and not linked: thousands of classes at which the checker of others has looked, and will
     * look again in every process.
     */
    private static void link(Set<String> names) {
        ClassLoader loader = ClassArchive.class.getClassLoader();
        for (String name : names) {
            try {
                // Whoever asks for fields gets them of a linked class, which is not initialized by that.
                var unused = Class.forName(name, false, loader).getDeclaredFields();
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.debug("{} stays out: {}", name, e.getMessage());
            }
        }
    }

    private static String ask(String command, String... arguments) throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        command,
                        new Object[] {arguments},
                        new String[] {String[].class.getName()});
    }
}
