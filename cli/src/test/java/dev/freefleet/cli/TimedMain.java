package dev.freefleet.cli;

import dev.freefleet.cli.client.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;

/** The fleet's main with the time of day that a test says, in a file of eight bytes: epoch milliseconds. */
public final class TimedMain {
    static final String TIME = "fleet.test.time";

    private TimedMain() {}

    /** The time that this file says; a test writes it there too. */
    public static ByteBuffer time(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
        }
    }

    public static void main(String[] arguments) throws IOException {
        ByteBuffer time = time(Path.of(System.getProperty(TIME)));
        InstantSource source = () -> Instant.ofEpochMilli(time.getLong(0));
        Clock clock = source.withZone(ZoneOffset.UTC);
        System.exit(Commands.run(
                new Surroundings(
                        Path.of(System.getProperty("fleet.home")),
                        Path.of("").toAbsolutePath(),
                        Map.of(),
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                        false,
                        clock),
                arguments));
    }
}
