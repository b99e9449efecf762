package dev.millrace.job;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Logback's configuration, found as a service: no file to read at start. {@code MILLRACE_LOG} is {@code json}, {@code text} or
 * {@code auto} (text on a terminal); {@code MILLRACE_LOG_LEVEL} is the level of our own loggers.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        LogLayout layout = new LogLayout(json(System.getenv("MILLRACE_LOG")));
        layout.setContext(context);
        layout.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(layout);
        console.start();
        context.getLogger("ROOT").addAppender(console);
        context.getLogger("ROOT").setLevel(Level.WARN);
        context.getLogger("dev.millrace").setLevel(Level.toLevel(System.getenv("MILLRACE_LOG_LEVEL"), Level.INFO));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Newer JVMs have a console also where there is no terminal, unless they are told not to: jvm.options does. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean json(@Nullable String choice) {
        return switch (choice == null ? "auto" : choice.toLowerCase(Locale.ROOT)) {
            case "json" -> true;
            case "text" -> false;
            default -> System.console() == null;
        };
    }
}
