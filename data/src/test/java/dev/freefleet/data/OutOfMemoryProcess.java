package dev.freefleet.data;

import dev.freefleet.edge.UsageEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** A process whose memory ends while it records usage; says what is not as it must be. */
final class OutOfMemoryProcess {
    private static final int ROWS_BEFORE_GROWTH = 256;
    private static final int EVENTS = 2_000;

    private OutOfMemoryProcess() {}

    /** Takes a folder and, for the whole ingest, the database's URL, user and password. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length == 1) {
            RowBatch warm = batch(2 * ROWS_BEFORE_GROWTH);
            warm.addAll(batch(1));
            whatFindsNoMemoryIsNotInABatch();
            whatFindsNoMemoryIsNotAmongFreshRows();
            whatFindsNoMemoryIsInTheSpoolOnce(Path.of(args[0]));
            whatFindsNoMemoryIsCountedAsLost(Path.of(args[0]));
        } else {
            anIngestGoesOn(Path.of(args[0]), new Login(args[1], args[2], args[3]));
        }
        System.exit(0);
    }

    private static void whatFindsNoMemoryIsNotInABatch() {
        RowBatch one = batch(1);
        int length = one.size();
        RowBatch full = batch(ROWS_BEFORE_GROWTH);
        int size = full.size();
        require("the 257th row fails", NoMemory.fails(() -> full.addRow(one.array(), 0, length)));
        require("it is not there", full.rows() == ROWS_BEFORE_GROWTH && full.size() == size);

        RowBatch empty = new RowBatch();
        require("the first row of a day fails", NoMemory.fails(() -> empty.addRow(one.array(), 0, length)));
        require("it is not there", empty.rows() == 0 && empty.size() == 0);
        require("all rows of another fail", NoMemory.fails(() -> empty.addAll(one)));
        require("they are not there", empty.rows() == 0 && empty.size() == 0);
    }

    private static void whatFindsNoMemoryIsNotAmongFreshRows() {
        FreshRows fresh = new FreshRows(100, 1 << 20);
        fresh.caughtUp();
        fresh.add(batch(1), 7, 52, 100);
        RowBatch second = batch(1);
        require("the second fails", NoMemory.fails(() -> fresh.add(second, 7, 100, 150)));
        fresh.add(batch(1), 7, 150, 200);
        FreshRows.Taken taken = fresh.take(new RowBatch());
        require("the first alone", taken.rows().rows() == 1 && taken.end().offset() == 100);
    }

    private static void whatFindsNoMemoryIsInTheSpoolOnce(Path folder) {
        try (Spool spool = Spool.open(folder, 64 << 20, 1 << 20, Clock.systemUTC());
                SpoolReader reader = new SpoolReader(spool)) {
            require("the segment is begun", spool.append(batch(1)) == Spool.Appended.WRITTEN);
            RowBatch rows = batch(5);
            require("there is no memory", NoMemory.fails(() -> spool.append(rows)));
            spool.append(rows);
            RowBatch read = new RowBatch();
            reader.read(SpoolMark.NONE, read, 1_000, 1 << 20);
            require("each row is there once", read.rows() == 6 && ids(read).size() == 6);
        }
    }

    /** The request's thread goes on. */
    private static void whatFindsNoMemoryIsCountedAsLost(Path folder) {
        try (UsageIngest ingest = new UsageIngest(
                new Login("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none"),
                Clock.systemUTC(),
                new IngestConfig(65_536, 16 << 20, 500, Duration.ofMillis(20), Duration.ofMillis(1))
                        .withSpool(folder))) {
            offer(ingest);
            UsageEvent event = TestEvents.at(Instant.EPOCH);
            for (int i = 0; i < 20; i++) {
                require("an offer throws nothing", !NoMemory.fails(() -> ingest.offer(event)));
            }
            require("there was no memory", ingest.dropped() > 0);
            require("each is taken or lost", ingest.accepted() + ingest.dropped() == EVENTS + 20);
        }
    }

    private static void anIngestGoesOn(Path folder, Login login) throws InterruptedException {
        UsageIngest ingest = new UsageIngest(
                login,
                Clock.systemUTC(),
                new IngestConfig(65_536, 16 << 20, 500, Duration.ofMillis(20), Duration.ofSeconds(10))
                        .withSpool(folder));
        offer(ingest);
        await("what came before is written", () -> ingest.written() == EVENTS);
        offer(ingest);
        NoMemory.during(3_000);
        offer(ingest);
        await("what came before and behind is written", () -> ingest.written() == 3 * EVENTS);
        ingest.close();
        require("nothing is lost", ingest.dropped() + ingest.rejected() + ingest.damaged() == 0);
    }

    private static void offer(UsageIngest ingest) {
        for (int i = 0; i < EVENTS; i++) {
            require("an event is taken", ingest.offer(TestEvents.at(Instant.now())));
        }
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 2_400 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        require(what, condition.getAsBoolean());
    }

    private static void require(String what, boolean holds) {
        if (!holds) {
            System.out.println("does not hold: " + what);
            System.exit(1);
        }
    }

    private static RowBatch batch(int rows) {
        RowBatch batch = new RowBatch();
        for (int i = 0; i < rows; i++) {
            batch.add(TestEvents.at(Instant.EPOCH));
        }
        return batch;
    }

    private static Set<UUID> ids(RowBatch batch) {
        Set<UUID> ids = new HashSet<>();
        for (int row = 0; row < batch.rows(); row++) {
            ByteBuffer bytes = ByteBuffer.wrap(batch.array(), batch.start(row) + 6, 16);
            ids.add(new UUID(bytes.getLong(), bytes.getLong()));
        }
        return ids;
    }

    /** Starts one, to be waited for. */
    static Process start(List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                OutOfMemoryProcess.class.getName()));
        command.addAll(args);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
