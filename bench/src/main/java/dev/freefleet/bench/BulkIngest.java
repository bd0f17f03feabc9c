package dev.freefleet.bench;

import dev.freefleet.bench.peer.UsageDatabase;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.data.UsageIngest;
import dev.freefleet.edge.CacheOutcome;
import dev.freefleet.edge.UsageEvent;
import dev.freefleet.edge.UsageQuestion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/** So many events through the whole ingest, and the very rows that came of it by one COPY into a table like theirs. */
final class BulkIngest implements AutoCloseable {
    private static final int TEXTS = 1_000;
    private static final int PART = 1 << 20;

    /** One object for all who ask the same, as a gateway gives them while it remembers the question. */
    private static final List<UsageQuestion> ASKED = IntStream.range(0, TEXTS)
            .mapToObj(n -> Objects.requireNonNull(UsageQuestion.of(
                    "00112233445566778899aabbccddeeff",
                    "What does document " + n + " say about the migration of whales?")))
            .toList();

    private final DataConfig.External database;
    private final Path disk;
    private final int rows;
    private final Connection connection;
    private final List<byte[]> copied = new ArrayList<>();

    BulkIngest(DataConfig.External database, Path disk, int rows) throws SQLException {
        this.database = database;
        this.disk = disk;
        this.rows = rows;
        connection = DriverManager.getConnection(database.url(), database.user(), database.password());
    }

    /** Rows a second from the first offer to the last commit, for events as large as a question's. */
    double ingest(int round) throws SQLException, IOException {
        run("truncate usage_logs");
        SplittableRandom random = new SplittableRandom(7);
        double perSecond;
        UsageDatabase usage = new UsageDatabase(database, disk.resolve("spool-" + round));
        try (DataPlane plane = usage.open()) {
            long began;
            UsageIngest closed;
            try (UsageIngest ingest = usage.ingest(plane)) {
                closed = ingest;
                began = System.nanoTime();
                for (int i = 0; i < rows; i++) {
                    UsageEvent event = event(random); // made here, as a gateway makes it
                    while (!ingest.offer(event)) {
                        LockSupport.parkNanos(100_000);
                    }
                }
            } // closing writes what is left; else the last few would wait for others, as long as they may
            perSecond = rows * 1e9 / (System.nanoTime() - began);
            if (closed.written() != rows) {
                throw new IllegalStateException(closed.written() + " rows were written, and not " + rows);
            }
        }
        read();
        return perSecond;
    }

    /** Rows a second of one COPY of what the ingest has just written. */
    double copy() throws SQLException {
        run("drop table if exists bare");
        run("create table bare (like usage_logs including all)");
        long began = System.nanoTime();
        CopyIn in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy bare from stdin (format binary)");
        for (byte[] part : copied) {
            in.writeToCopy(part, 0, part.length);
        }
        long written = in.endCopy();
        double perSecond = rows * 1e9 / (System.nanoTime() - began);
        if (written != rows) {
            throw new IllegalStateException(written + " rows were copied, and not " + rows);
        }
        return perSecond;
    }

    private void read() throws SQLException {
        copied.clear();
        CopyOut rowsOut = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select * from usage_logs) to stdout (format binary)");
        // In large parts, as a program that does nothing else would send them.
        ByteArrayOutputStream part = new ByteArrayOutputStream(PART);
        for (byte[] row = rowsOut.readFromCopy(); row != null; row = rowsOut.readFromCopy()) {
            part.writeBytes(row);
            if (part.size() >= PART) {
                copied.add(part.toByteArray());
                part.reset();
            }
        }
        copied.add(part.toByteArray());
    }

    private static UsageEvent event(SplittableRandom random) {
        return new UsageEvent(
                new UUID(random.nextLong(), random.nextLong()).toString(),
                System.currentTimeMillis(),
                1 + random.nextInt(500),
                1 + random.nextInt(100),
                "query",
                "POST",
                200,
                random.nextInt(10) < 7 ? CacheOutcome.HIT : CacheOutcome.MISS,
                random.nextInt(2_000_000),
                random.nextInt(2_000_000),
                60,
                1_800,
                ASKED.get(random.nextInt(TEXTS)),
                "bench");
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        run("drop table if exists bare");
        run("truncate usage_logs");
        connection.close();
    }
}
