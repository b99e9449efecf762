package dev.millrace.job;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
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

    /** Writes the archive where the JVM was started to write one. */
    public static void write() {
        @Nullable String file = System.getProperty(FILE);
        if (file == null) {
            return;
        }
        Path archive = Path.of(file);
        try {
            dump(archive);
            LOG.info("wrote the classes of this job to {}", archive);
        } catch (JMException e) {
            LOG.warn("Cannot write {}: {}", archive, e.getMessage());
        }
    }

    /** The JVM gives the file its name when all of it is there. */
    private static void dump(Path archive) throws JMException {
        link();
        ask("vmCds", "dynamic_dump", archive.toString());
    }

    /**
     * The JVM leaves out what it has loaded and not linked: thousands of classes at which the checker of others has looked, and will
     * look again in every process.
     */
    private static void link() throws JMException {
        ClassLoader loader = ClassArchive.class.getClassLoader();
        Matcher loaded = LOADED.matcher(ask("vmClassHierarchy"));
        while (loaded.find()) {
            try {
                // Whoever asks for fields gets them of a linked class, which is not initialized by that.
                var unused = Class.forName(loaded.group(1), false, loader).getDeclaredFields();
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.debug("{} stays out: {}", loaded.group(1), e.getMessage());
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
