package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskStoreTest extends AnswerStoreContract {
    private final List<AnswerStore> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        opened.forEach(AnswerStore::close);
    }

    @Override
    AnswerStore store() {
        return open(2 << 20, key -> false);
    }

    private DiskStore open(long maxBytes, Predicate<String> wanted) {
        try {
            DiskStore store = new DiskStore(folder.resolve("cache"), maxBytes, wanted);
            opened.add(store);
            return store;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All that was asked for is done. */
    private static void settle(AnswerStore store) {
        store.purge(Selection.ofKey("nothing")).join();
    }

    private Path file(String end) {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return files.filter(file -> file.toString().endsWith(end))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void answersOutlastTheStoreAsTheyWere() {
        Fields fields = Fields.of("content-type", "text/plain", "x-odd", "gr\u00fc\u00dfe", "x-empty", "");
        StoredAnswer odd = new StoredAnswer(
                203,
                fields,
                1_700_000_000_123L,
                1_700_000_000_456L,
                Fields.of("accept-language", "de"),
                "2026-11-23T00:00:00Z",
                List.of("doc:\u4e2d", "half \ud800"),
                new HeldBody(new byte[] {0, -1, 7}, fields));
        AnswerStore first = store();
        first.put("query:odd", odd);
        first.put("query:plain", answer("", "en"));
        first.close();

        AnswerStore second = store();
        StoredAnswer found = found(second, "query:odd").getFirst();
        assertThat(found).usingRecursiveComparison().ignoringFields("body").isEqualTo(odd);
        assertThat(((HeldBody) found.body()).content()).containsExactly(0, -1, 7);
        assertThat(contents(second, "query:plain")).containsExactly("");
        assertThat(disk(second)).satisfies(disk -> {
            assertThat(disk.keys()).isEqualTo(2);
            assertThat(disk.hits()).isEqualTo(2);
            assertThat(disk.damaged()).isZero();
        });
    }

    @Test
    void answersForWhichTheIndexHasNoRoomDoNotComeBackAfterAPurge() {
        int keys = (1 << 20) / 512 + 100;
        AnswerStore first = open(1 << 20, key -> false);
        for (int i = 0; i < keys; i++) {
            first.put("query:" + i, answer("", "en", "doc:1"));
        }
        settle(first);
        assertThat(disk(first).keys()).as("the index is full").isEqualTo((1 << 20) / 512);
        first.purge(Selection.ofTag("doc:1")).join();
        first.close();

        assertThat(disk(open(1 << 20, key -> false)).keys()).isZero();
    }

    @Test
    void answersForWhichASmallerDiskHasNoRoomDoNotComeBackAfterAPurge() {
        AnswerStore first = open(2 << 20, key -> false);
        for (int i = 0; i < 4000; i++) {
            first.put("query:" + i, answer("", "en", "doc:1"));
        }
        first.close();
        AnswerStore smaller = open(1 << 20, key -> false);
        assertThat(disk(smaller).keys()).as("the index is full").isEqualTo((1 << 20) / 512);
        smaller.purge(Selection.ofTag("doc:1")).join();
        smaller.close();

        assertThat(disk(open(2 << 20, key -> false)).keys()).isZero();
    }

    @Test
    void whatIsPurgedOrRemovedIsGoneAfterTheNextStart() {
        AnswerStore first = store();
        first.put("query:a", answer("a", "en", "doc:1"));
        first.put("query:a", answer("b", "de", "doc:2"));
        first.put("query:c", answer("c", "en"));
        first.put("query:d", answer("d", "en"));
        settle(first);
        first.remove("query:c");
        first.purge(Selection.ofTag("doc:1")).join();
        first.close();

        AnswerStore second = store();
        assertThat(contents(second, "query:a")).containsExactly("b");
        assertThat(found(second, "query:c")).isEmpty();
        assertThat(contents(second, "query:d")).containsExactly("d");
        second.purge(Selection.ALL).join();
        second.put("query:e", answer("e", "en"));
        second.close();

        AnswerStore third = store();
        assertThat(found(third, "query:d")).isEmpty();
        assertThat(contents(third, "query:e")).containsExactly("e");
    }

    @Test
    void filesAreForTheirOwnerAlone() throws IOException {
        AnswerStore store = store();
        store.put("k", answer("private", "en"));
        store.close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("cache"))))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void aHalfWrittenRecordIsCutOffAndTheRestIsThere() throws IOException {
        AnswerStore first = store();
        first.put("a", answer("a", "en"));
        settle(first);
        first.put("b", answer("b", "en"));
        first.close();
        tearEnd();

        AnswerStore second = store();
        assertThat(contents(second, "a")).containsExactly("a");
        assertThat(found(second, "b")).isEmpty();
        second.put("c", answer("c", "en"));
        second.close();
        assertThat(contents(store(), "c")).containsExactly("c");
    }

    @Test
    void whatWasReplacedBeforeItsTagWasPurgedDoesNotComeBackWhenTheNewerIsLost() throws IOException {
        AnswerStore first = store();
        first.put("a", answer("old", "en", "doc:1"));
        settle(first);
        first.put("a", answer("new", "en", "doc:2"));
        first.purge(Selection.ofTag("doc:1")).join();
        assertThat(contents(first, "a")).containsExactly("new");
        first.close();
        AnswerStore second = store();
        assertThat(contents(second, "a")).containsExactly("new");
        second.close();
        tearEnd();

        assertThat(found(store(), "a")).isEmpty();
    }

    @Test
    void whatIsOlderThanADamagedRecordDoesNotComeBackAfterARemoval() throws IOException {
        AnswerStore first = store();
        first.put("a", answer("old", "en"));
        settle(first);
        first.put("a", answer("this is the content", "en"));
        first.close();
        flip("this is the content");
        AnswerStore second = store();
        assertThat(found(second, "a")).isEmpty();
        second.remove("a");
        second.close();
        tearEnd();

        assertThat(found(store(), "a")).isEmpty();
    }

    private void tearEnd() throws IOException {
        Path segment = file(".answers");
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, Arrays.copyOf(bytes, bytes.length - 5));
    }

    private void flip(String content) throws IOException {
        Path segment = file(".answers");
        byte[] bytes = Files.readAllBytes(segment);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(content);
        bytes[at + 3] ^= 4;
        Files.write(segment, bytes);
    }

    @Test
    void aFlippedByteIsAMissAndIsCounted() throws IOException {
        AnswerStore first = store();
        first.put("a", answer("this is the content", "en"));
        first.put("b", answer("other", "en"));
        settle(first);
        first.close();
        flip("this is the content");

        AnswerStore second = store();
        assertThat(found(second, "a")).isEmpty();
        assertThat(contents(second, "b")).containsExactly("other");
        assertThat(disk(second).damaged()).isEqualTo(1);
        assertThat(disk(second).on()).isTrue();
    }

    @Test
    void whereItIsNotKnownWhatWasRemovedNothingIsGiven() throws IOException {
        AnswerStore first = store();
        first.put("a", answer("a", "en"));
        first.put("b", answer("b", "en"));
        first.purge(Selection.ofKey("a")).join();
        first.close();
        Path removed = file("removed");
        byte[] bytes = Files.readAllBytes(removed);
        bytes[bytes.length - 1] ^= 1;
        Files.write(removed, bytes);

        AnswerStore second = store();
        assertThat(found(second, "a")).isEmpty();
        assertThat(found(second, "b")).isEmpty();
        second.put("c", answer("c", "en"));
        second.close();
        assertThat(contents(store(), "c")).containsExactly("c");
    }

    @Test
    void whatIsAskedForStaysAndTheRestGoes() {
        AnswerStore store = open(1 << 20, key -> key.equals("wanted"));
        store.put("used", answer("used", "en"));
        store.put("wanted", answer("wanted", "en"));
        store.put("once", answer("once", "en"));
        settle(store);
        for (int i = 0; i < 3_000; i++) {
            store.put("k" + i, answer("x".repeat(1_000), "en"));
            if (i % 100 == 0) {
                settle(store);
                assertThat(contents(store, "used")).containsExactly("used");
            }
        }
        settle(store);
        assertThat(disk(store).dropped()).isZero();
        assertThat(disk(store).evictions()).isGreaterThan(1_000);
        assertThat(store.stats().bytes()).isLessThanOrEqualTo(1 << 20);
        assertThat(contents(store, "wanted")).containsExactly("wanted");
        assertThat(found(store, "once")).isEmpty();
    }

    @Test
    void tooLongAnAnswerIsNotKeptNorIsTheOneBeforeIt() {
        AnswerStore store = open(1 << 20, key -> false);
        store.put("k", answer("short", "en"));
        settle(store);
        store.put("k", answer("x".repeat(100_000), "en"));
        settle(store);
        assertThat(found(store, "k")).isEmpty();
    }

    @Test
    void whatFindsNoRoomIsDroppedAndCounted() {
        AnswerStore store = open(64 << 20, key -> false);
        String long1 = "x".repeat(1 << 20);
        for (int i = 0; i < 200; i++) {
            store.put("k" + i, answer(long1, "en"));
        }
        settle(store);
        AnswerStore.Disk disk = disk(store);
        assertThat(disk.dropped()).isPositive();
        assertThat(disk.written() + disk.dropped()).isEqualTo(200);
    }

    @Test
    void aFailingDiskTurnsItOffAndRequestsGoOn() throws IOException {
        DiskStore store = open(1 << 20, key -> false);
        store.put("k", answer("k", "en"));
        settle(store);
        Path cache = folder.resolve("cache");
        Files.move(cache, folder.resolve("away")); // the next segment cannot be made
        int put = 0;
        while (disk(store).on() && put < 10_000) {
            store.put("k" + put++, answer("x".repeat(1_000), "en"));
            settleOrFail(store);
        }
        assertThat(disk(store).on()).isFalse();
        assertThat(disk(store).errors()).isPositive();
        assertThat(found(store, "k")).isEmpty();
        store.put("later", answer("x", "en"));
        assertThat(found(store, "later")).isEmpty();
        Files.move(folder.resolve("away"), cache);
        store.close();
        assertThat(found(store(), "k"))
                .as("what a failed disk has is not trusted")
                .isEmpty();
    }

    private static void settleOrFail(AnswerStore store) {
        store.purge(Selection.ofKey("nothing")).exceptionally(failed -> 0L).join();
    }

    @Test
    void foreignFilesAreLeftAloneAndForeignSegmentsAreNotRead() throws IOException {
        Path cache = Files.createDirectories(folder.resolve("cache"));
        Files.writeString(cache.resolve("notes.txt"), "mine");
        Files.writeString(cache.resolve("0000000007.answers"), "this is no segment of answers");
        AnswerStore store = store();
        store.put("a", answer("a", "en"));
        settle(store);
        assertThat(contents(store, "a")).containsExactly("a");
        assertThat(cache.resolve("notes.txt")).hasContent("mine");
        assertThat(disk(store).damaged()).isEqualTo(1);
    }

    @Test
    void aClosedStoreRefusesToPromiseAPurge() {
        AnswerStore store = store();
        store.close();
        assertThatThrownBy(() -> store.purge(Selection.ALL).join()).hasMessageContaining("closed");
    }

    @Test
    void writesAreFoundBeforeAndAfterTheyAreWritten() {
        AnswerStore store = store();
        for (int i = 0; i < 500; i++) {
            store.put("k", answer("v" + i, "en"));
            assertThat(contents(store, "k")).containsExactly("v" + i);
        }
        Await.until("all is written or skipped", () -> disk(store).keys() == 1);
        assertThat(contents(store, "k")).containsExactly("v499");
    }
}
