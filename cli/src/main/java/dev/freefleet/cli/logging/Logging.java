package dev.freefleet.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.config.LogFormat;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Sets Logback up in code: everything goes to standard error, libraries are heard from WARN on. */
public final class Logging {
    /** Libraries that tell more than an operator wants to know. */
    private static final List<String> CHATTY =
            List.of("com.zaxxer", "io.helidon", "io.netty", "org.flywaydb", "org.apache.lucene", "org.jdbi");

    /**
     * These log by java.util.logging: the PostgreSQL driver, whose errors arrive as exceptions too, and Lucene, which
     * advises on the JVM's flags. That package forgets loggers that nobody holds.
     */
    private static final List<java.util.logging.Logger> OLD_LOGGERS = Stream.of("org.postgresql", "org.apache.lucene")
            .map(java.util.logging.Logger::getLogger)
            .toList();

    private Logging() {}

    /** Begins to log as configured; what was set up before is gone. */
    public static void configure(FleetConfig.Log log) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(log.format(), context));
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = Level.toLevel(log.level().name());
        root.addAppender(appender);
        root.setLevel(Level.WARN.isGreaterOrEqual(level) ? Level.WARN : level);
        context.getLogger("dev.freefleet").setLevel(level);
        // What it has to say when a port is taken, the fleet says in a sentence.
        context.getLogger("io.helidon.webserver.LoomServer").setLevel(Level.OFF);
        // While the database is away they would say so every few seconds; the jobs say it once.
        for (String name : List.of("RunUntilShutdown", "RunAndLogErrors", "ExecutePicked")) {
            context.getLogger("com.github.kagkarlsson.scheduler." + name).setLevel(Level.OFF);
        }
        // It looks for graphics cards and warns when there are none.
        context.getLogger("ai.djl").setLevel(Level.ERROR);
        if (level.toInt() < Level.INFO_INT) {
            root.setLevel(level);
            CHATTY.forEach(name -> context.getLogger(name).setLevel(Level.INFO));
        }
        OLD_LOGGERS.forEach(logger -> logger.setLevel(java.util.logging.Level.OFF));
    }

    private static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext context) {
        return switch (format) {
            case TEXT -> {
                PatternLayoutEncoder encoder = new PatternLayoutEncoder();
                encoder.setContext(context);
                encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{20} %replace(%msg){'[\\r\\n]+', ' '}%n%ex");
                encoder.start();
                yield encoder;
            }
            case JSON -> {
                JsonEncoder encoder = new JsonEncoder();
                encoder.setContext(context);
                encoder.setWithContext(false);
                encoder.setWithSequenceNumber(false);
                encoder.setWithNanoseconds(false);
                encoder.setWithMessage(false);
                encoder.setWithArguments(false);
                encoder.setWithFormattedMessage(true);
                encoder.start();
                yield encoder;
            }
        };
    }
}
