package dev.millrace.job;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
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
        ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "vmCds",
                        new Object[] {new String[] {"dynamic_dump", archive.toString()}},
                        new String[] {String[].class.getName()});
    }
}
