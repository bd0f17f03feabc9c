package dev.freefleet.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture;
import dev.freefleet.backup.Progress;
import dev.freefleet.backup.PruneReport;
import dev.freefleet.backup.Repository;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.store.FaultProxy.Fault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class S3StoreTest extends ObjectStoreContract {
    @SuppressWarnings("NullAway.Init")
    private static S3Server server;

    @BeforeAll
    static void start() {
        server = new S3Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    ObjectStore create() {
        return new S3Store(server.newBucket(server.port()));
    }

    private static S3Store through(FaultProxy proxy) {
        return new S3Store(server.newBucket(proxy.port()));
    }

    private static S3Settings budget(S3Settings s, long requests, boolean conditional) {
        return new S3Settings(
                s.endpoint(),
                s.region(),
                s.bucket(),
                s.prefix(),
                s.accessKey(),
                s.secretKey(),
                s.pathStyle(),
                conditional,
                s.attempts(),
                s.firstBackoff(),
                s.maxBackoff(),
                s.timeout(),
                s.multipartThreshold(),
                requests);
    }

    @Test
    void largeObjectsGoInParts() {
        try (ObjectStore s = create()) {
            byte[] large = Fixture.random(1, 40_000_000);
            assertThat(s.putIfAbsent("packs/large", large)).isTrue();
            assertThat(s.get("packs/large")).isEqualTo(large);
            assertThat(s.putIfAbsent("packs/large", large)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ERROR", "SLOW_DOWN", "CUT_BEFORE", "CUT_ANSWER"})
    void faultsThatPassArePassedOver(Fault fault) throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            ConcurrentHashMap<String, Integer> seen = new ConcurrentHashMap<>();
            proxy.faults(head -> {
                String request = head.substring(0, head.indexOf("\r\n"));
                return seen.merge(request, 1, Integer::sum) <= 2 ? fault : Fault.NONE;
            });
            byte[] bytes = Fixture.random(1, 300_000);
            s.putIfAbsent("packs/a", bytes);
            assertThat(s.get("packs/a")).isEqualTo(bytes);
            assertThat(s.get("packs/a", 10, 20)).isEqualTo(java.util.Arrays.copyOfRange(bytes, 10, 30));
            assertThat(s.list("packs/")).hasSize(1);
            s.delete("packs/a");
            // The JDK's client itself repeats a GET once whose kept connection is cut.
            assertThat(s.requests()).as("attempts are counted").isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void aWriteWhoseAnswerIsLostIsNotDoneTwice() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            List<Boolean> lost = new ArrayList<>();
            proxy.faults(head -> {
                if (head.startsWith("PUT") && lost.isEmpty()) {
                    lost.add(true);
                    return Fault.LOSE_ANSWER;
                }
                return Fault.NONE;
            });
            byte[] bytes = Fixture.random(1, 1000);
            s.putIfAbsent("packs/a", bytes);
            assertThat(s.get("packs/a")).isEqualTo(bytes);
            assertThat(s.list("")).hasSize(1);
        }
    }

    /** Another write of the same object, such as an earlier try, may come to nothing. */
    @Test
    void aWriteThatMeetsAnotherIsDoneUnlessTheObjectIsThere() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            int[] puts = new int[1];
            proxy.faults(head -> head.startsWith("PUT") && ++puts[0] <= 2 ? Fault.CONFLICT : Fault.NONE);
            byte[] bytes = Fixture.random(1, 1000);
            assertThat(s.putIfAbsent("packs/a", bytes)).isTrue();
            assertThat(s.get("packs/a")).isEqualTo(bytes);

            proxy.faults(head -> head.startsWith("PUT") ? Fault.CONFLICT : Fault.NONE);
            assertThat(s.putIfAbsent("packs/a", new byte[10])).isFalse();
            assertThatThrownBy(() -> s.putIfAbsent("packs/b", bytes))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE));
        }
    }

    @Test
    void faultsThatStayFailClearly() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            proxy.faults(head -> Fault.SLOW_DOWN);
            assertThatThrownBy(() -> s.get("packs/a"))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE))
                    .hasMessageContaining("6 attempts")
                    .hasMessageNotContaining("secret");
            proxy.faults(head -> Fault.FULL);
            assertThatThrownBy(() -> s.putIfAbsent("packs/a", new byte[10]))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_FULL));
            proxy.faults(head -> Fault.DENIED);
            assertThatThrownBy(() -> s.delete("packs/a"))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        }
    }

    @Test
    void aServerThatStallsIsGivenUp() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port())) {
            S3Settings d = server.newBucket(proxy.port());
            S3Settings quick = new S3Settings(
                    d.endpoint(),
                    d.region(),
                    d.bucket(),
                    d.prefix(),
                    d.accessKey(),
                    d.secretKey(),
                    true,
                    true,
                    2,
                    Duration.ofMillis(1),
                    Duration.ofMillis(1),
                    Duration.ofMillis(300),
                    d.multipartThreshold(),
                    10);
            proxy.faults(head -> Fault.STALL);
            try (S3Store s = new S3Store(quick)) {
                assertThatThrownBy(() -> s.list(""))
                        .isInstanceOfSatisfying(
                                BackupException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE));
                assertThat(s.requests()).isEqualTo(2);
            }
        }
    }

    @Test
    void theRequestBudgetIsKept() {
        try (S3Store s = new S3Store(budget(server.newBucket(server.port()), 3, true))) {
            s.list("");
            s.list("");
            s.list("");
            assertThatThrownBy(() -> s.list(""))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUDGET_EXHAUSTED));
            assertThat(s.requests()).isEqualTo(3);
        }
    }

    @Test
    void aStoreWithoutConditionalWritesIsAskedBeforehand() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            proxy.faults(head -> head.toLowerCase(java.util.Locale.ROOT).contains("if-none-match")
                    ? Fault.UNKNOWN_CONDITION
                    : Fault.NONE);
            assertThat(s.putIfAbsent("config", new byte[] {1})).isTrue();
            assertThat(s.putIfAbsent("config", new byte[] {2})).isFalse();
            assertThat(s.get("config")).containsExactly(1);
        }
    }

    @Test
    void bodiesCarryNoChecksumTrailers() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            List<String> heads = java.util.Collections.synchronizedList(new ArrayList<>());
            proxy.faults(head -> {
                heads.add(head.toLowerCase(java.util.Locale.ROOT));
                return Fault.NONE;
            });
            s.putIfAbsent("packs/a", new byte[1000]);
            s.get("packs/a");
            assertThat(heads).isNotEmpty().noneMatch(h -> h.contains("aws-chunked") || h.contains("x-amz-trailer"));
            assertThat(heads).allMatch(h -> h.contains(" /bucket-"));
        }
    }

    @Test
    void backoffIsDrawnBetweenNothingAndItsCeiling() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port())) {
            proxy.faults(head -> Fault.ERROR);
            List<Long> bounds = new ArrayList<>();
            List<Duration> waits = new ArrayList<>();
            S3Settings d = server.newBucket(proxy.port());
            S3Settings slow = new S3Settings(
                    d.endpoint(),
                    d.region(),
                    d.bucket(),
                    d.prefix(),
                    d.accessKey(),
                    d.secretKey(),
                    true,
                    true,
                    5,
                    Duration.ofMillis(100),
                    Duration.ofMillis(500),
                    d.timeout(),
                    d.multipartThreshold(),
                    100);
            try (S3Store s = new S3Store(
                    slow,
                    bound -> {
                        bounds.add(bound);
                        return bound - 1;
                    },
                    waits::add)) {
                assertThatThrownBy(() -> s.list("")).isInstanceOf(BackupException.class);
            }
            assertThat(bounds).containsExactly(101L, 201L, 401L, 501L);
            assertThat(waits.getLast()).isEqualTo(Duration.ofMillis(500));
        }
    }

    @Test
    void aWholeRepositoryLivesThroughAStoreThatFailsOneRequestInFive() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            Fault[] some = {Fault.ERROR, Fault.SLOW_DOWN, Fault.CUT_BEFORE, Fault.CUT_ANSWER, Fault.LOSE_ANSWER};
            // Six failures of one request in a row, which is given up then, would come in one of two hundred runs.
            ConcurrentHashMap<String, Integer> inARow = new ConcurrentHashMap<>();
            proxy.faults(head -> {
                String request = head.substring(0, head.indexOf("\r\n"));
                boolean fails = ThreadLocalRandom.current().nextInt(5) == 0 && inARow.getOrDefault(request, 0) < 5;
                inARow.compute(request, (r, n) -> !fails ? 0 : n == null ? 1 : n + 1);
                return fails ? some[ThreadLocalRandom.current().nextInt(some.length)] : Fault.NONE;
            });
            try (Repository r = Fixture.init(s)) {
                byte[] bytes = Fixture.random(3, 5_000_000);
                StoredSnapshot made = r.backup(Fixture.stream(bytes), List.of(), Progress.NONE)
                        .stored();
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                r.archive(made.snapshot(), out, Progress.NONE);
                assertThat(out.toByteArray()).isEqualTo(bytes);
                r.prune(0.05, Progress.NONE);
                assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            }
        }
    }

    @Test
    void aSlowStoreIsWaitedFor() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            proxy.faults(head -> Fault.SLOW);
            try (Repository r = Fixture.init(s)) {
                byte[] bytes = Fixture.random(3, 3_000_000);
                StoredSnapshot made = r.backup(Fixture.stream(bytes), List.of(), Progress.NONE)
                        .stored();
                assertThat(read(r, made)).isEqualTo(bytes);
                long before = s.requests();
                assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
                assertThat(s.requests() - before)
                        .as("nothing is asked for twice, however long it takes")
                        .isLessThan(30);
            }
        }
    }

    /** Writes are seen by reads at once, but listings are those of a while ago, as with a store that is eventually consistent. */
    @Test
    void listingsOfAWhileAgoLoseNothing() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy);
                Repository r = Fixture.init(s)) {
            byte[] first = Fixture.random(4, 2_000_000);
            byte[] second = Fixture.random(5, 2_000_000);
            List<StoredSnapshot> made = new ArrayList<>();
            made.add(backup(r, first));
            // Everything that is listed at all is listed once, and from then on is what it was.
            r.list();
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            proxy.faults(head -> FaultProxy.isListing(head) ? Fault.OLD_LISTING : Fault.NONE);

            made.add(backup(r, second));
            made.add(backup(r, second));
            assertThat(r.list()).as("what is listed").hasSize(1);
            assertThat(read(r, made.getFirst())).isEqualTo(first);
            PruneReport pruned = r.prune(0, Progress.NONE);
            assertThat(pruned.deleted()).isZero();

            proxy.faults(head -> Fault.NONE);
            assertThat(r.list()).hasSize(3);
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            assertThat(read(r, made.get(0))).isEqualTo(first);
            assertThat(read(r, made.get(1))).isEqualTo(second);
            assertThat(read(r, made.get(2))).isEqualTo(second);
            assertThat(backup(r, second).snapshot().added()).isLessThan(100_000);
        }
    }

    private static StoredSnapshot backup(Repository r, byte[] bytes) {
        return r.backup(Fixture.stream(bytes), List.of(), Progress.NONE).stored();
    }

    private static byte[] read(Repository r, StoredSnapshot s) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        r.archive(s.snapshot(), out, Progress.NONE);
        return out.toByteArray();
    }

    @Test
    void aRepositoryWhoseEveryWriteLosesItsAnswerIsWhole() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy)) {
            ConcurrentHashMap<String, Integer> seen = new ConcurrentHashMap<>();
            proxy.faults(head -> {
                String request = head.substring(0, head.indexOf("\r\n"));
                boolean first = head.startsWith("PUT") && seen.merge(request, 1, Integer::sum) == 1;
                return first ? Fault.LOSE_ANSWER : Fault.NONE;
            });
            try (Repository r = Fixture.init(s)) {
                r.backup(Fixture.stream(Fixture.random(3, 100_000)), List.of(), Progress.NONE);
                assertThat(r.verify(1, new Random(1), Progress.NONE).damage()).isEmpty();
                assertThat(s.list("mirror/")).hasSize(3);
            }
        }
    }

    @Test
    void aStoreThatFillsUpLeavesNoHalfState() throws IOException {
        try (FaultProxy proxy = new FaultProxy(server.port());
                S3Store s = through(proxy);
                Repository r = Fixture.init(s)) {
            r.backup(Fixture.stream(Fixture.random(1, 100_000)), List.of(), Progress.NONE);
            int[] puts = new int[1];
            proxy.faults(head -> head.startsWith("PUT") && ++puts[0] > 2 ? Fault.FULL : Fault.NONE);
            byte[] bytes = Fixture.random(2, 6_000_000);
            assertThatThrownBy(() -> r.backup(Fixture.stream(bytes), List.of(), Progress.NONE))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_FULL));
            proxy.faults(head -> Fault.NONE);
            assertThat(r.list()).hasSize(1);
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            r.backup(Fixture.stream(bytes), List.of(), Progress.NONE);
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
        }
    }
}
