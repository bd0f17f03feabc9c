package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.ChunkReader.KnownLists;
import dev.freefleet.backup.Fixture.SettableClock;
import dev.freefleet.backup.format.ChunkRef;
import dev.freefleet.backup.format.ContentRef;
import dev.freefleet.backup.store.MemoryStore;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a prune passes over of a snapshot's lists because it has read it in another's. */
class KnownListsTest {
    /** So much that its chunks are listed in several chunks. */
    private static final int LENGTH = 96 << 20;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-01T02:00:00Z"));
    private final MemoryStore store = new MemoryStore(clock);
    private final Repository repository = Repository.init(
            store, Fixture.PASSPHRASE, "k", Fixture.SOFT, Fixture.options(), Fixture.environment(clock));

    @AfterEach
    void close() {
        repository.close();
    }

    private ContentRef backup(byte[]... parts) {
        // One behind the other, not in an array of their own: what is tried is a third of the memory that tests have.
        List<InputStream> streams = new ArrayList<>();
        long size = 0;
        for (byte[] part : parts) {
            streams.add(new ByteArrayInputStream(part));
            size += part.length;
        }
        InputStream all = new SequenceInputStream(Collections.enumeration(streams));
        Source stream = new Source.Stream("brain", () -> all, size, null, false);
        return repository.backup(stream, List.of(), Progress.NONE).stored().snapshot().stream();
    }

    private static List<ChunkRef> all(ChunkReader reader, ContentRef content, KnownLists known) {
        List<ChunkRef> refs = new ArrayList<>();
        reader.chunks(content, known).forEachRemaining(refs::add);
        return refs;
    }

    @Test
    void everyChunkIsHandedOnAndMostOnlyOnce() {
        byte[] much = Fixture.random(1, LENGTH);
        byte[] little = Fixture.random(2, 300_000);
        List<ContentRef> contents = List.of(
                backup(much),
                backup(little, much),
                backup(Arrays.copyOf(much, LENGTH / 2), little, Arrays.copyOfRange(much, LENGTH / 2, LENGTH)),
                backup(Arrays.copyOf(much, LENGTH - 3_000_000)),
                backup(little));
        ChunkReader reader = repository.reader(Catalog.load(store, repository.sealer()));
        KnownLists known = new KnownLists();
        Set<ChunkRef> handedOn = new HashSet<>();
        Set<ChunkRef> needed = new HashSet<>();
        int times = 0;
        int listed = 0;

        for (ContentRef content : contents) {
            assertThat(content.depth()).isEqualTo(content.size() < 1_000_000 ? 0 : 1);
            List<ChunkRef> refs = all(reader, content, known);
            times += refs.size();
            handedOn.addAll(refs);
            reader.chunks(content).forEachRemaining(needed::add);
            listed += all(reader, content, new KnownLists()).size();
            assertThat(handedOn).isEqualTo(needed);
            assertThat(all(reader, content, known)).as("a second time").hasSizeLessThanOrEqualTo(16);
        }
        assertThat(times).isLessThan(listed * 3 / 4);
    }
}
