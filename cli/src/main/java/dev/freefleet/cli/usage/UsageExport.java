package dev.freefleet.cli.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freefleet.cli.client.AdminClient;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        description = "Write all requests of a span, the oldest first, from the database and the archive.",
        mixinStandardHelpOptions = true)
final class UsageExport implements Runnable {
    private static final List<String> COLUMNS = List.of(
            "id",
            "time",
            "user_id",
            "key_id",
            "route",
            "method",
            "status",
            "cache",
            "latency_us",
            "origin_us",
            "bytes_in",
            "bytes_out",
            "query_digest",
            "query_text",
            "node");

    private final Surroundings surroundings;

    @Mixin
    private final DataOption data = new DataOption();

    @Mixin
    private final SpanOptions span = new SpanOptions();

    @Mixin
    private final FilterOptions filter = new FilterOptions();

    @Option(
            names = "--format",
            paramLabel = "F",
            defaultValue = "csv",
            description = "csv, or json: an object a line (default: csv).")
    private Format format = Format.CSV;

    @Option(names = "--out", paramLabel = "FILE", description = "The file to write; it must not be there yet.")
    private @Nullable Path out;

    UsageExport(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (format == Format.TABLE) {
            throw CommandException.wrongUsage("An export is csv or json; ./fleet usage query shows a table.");
        }
        AdminClient fleet = AdminClient.of(data.directory(surroundings));
        if (out == null) {
            write(fleet, surroundings.out());
            surroundings.out().flush();
            return;
        }
        Path file = surroundings.workingDirectory().resolve(out).normalize();
        if (Files.exists(file)) {
            throw CommandException.wrongUsage(file + " is there already; name another, or remove it.");
        }
        @Nullable Path parent = file.getParent();
        if (parent != null && !Files.isDirectory(parent)) {
            throw CommandException.wrongUsage(
                    file + " cannot be written, since its folder is not there; make it, or name another.");
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            long rows;
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(unfinished, StandardCharsets.UTF_8))) {
                rows = write(fleet, writer);
                if (writer.checkError()) {
                    throw new IOException("its disk may be full");
                }
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            surroundings.err().println(rows + " requests are in " + file + ".");
        } catch (AccessDeniedException e) {
            throw new CommandException(
                    file
                            + " cannot be written, since its folder may not be; name another, or give this user the right.",
                    e);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be written: " + e.getMessage() + ".", e);
        } finally {
            remove(unfinished);
        }
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be removed; do so.", e);
        }
    }

    private long write(AdminClient fleet, Writer writer) {
        Rows rows = format == Format.CSV ? new CsvRows(writer) : new JsonRows(writer);
        long[] told = {-1, 0};
        fleet.lines("/api/v1/usage/export" + span.query(surroundings) + filter.query(), line -> {
            if (line.has("error")) {
                throw new CommandException(line.path("error").asText());
            }
            if (line.has("end")) {
                told[0] = line.path("end").asLong();
            } else {
                rows.add(line);
                told[1]++;
            }
        });
        if (told[0] != told[1]) {
            throw new CommandException("The export was cut off after " + told[1] + " requests; try again.");
        }
        rows.end();
        return told[1];
    }

    /** Where rows go. */
    private sealed interface Rows {
        void add(JsonNode row);

        void end();
    }

    private static final class CsvRows implements Rows {
        private final Csv csv;

        CsvRows(Writer writer) {
            csv = new Csv(writer, COLUMNS);
        }

        @Override
        public void add(JsonNode row) {
            csv.row(row);
        }

        @Override
        public void end() {
            csv.close();
        }
    }

    private record JsonRows(PrintWriter out) implements Rows {
        JsonRows(Writer writer) {
            this(new PrintWriter(writer));
        }

        @Override
        public void add(JsonNode row) {
            out.print(row);
            out.print('\n');
        }

        @Override
        public void end() {
            out.flush();
        }
    }
}
