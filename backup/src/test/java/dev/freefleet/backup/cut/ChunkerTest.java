package dev.freefleet.backup.cut;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    static GearCutter cutter(long seed) {
        byte[] key = new byte[GearCutter.KEY_BYTES];
        new Random(seed).nextBytes(key);
        return new GearCutter(key, 8 << 10, 15, 128 << 10);
    }

    private static List<byte[]> cut(GearCutter cutter, byte[] content) throws IOException {
        List<byte[]> chunks = new ArrayList<>();
        Chunker c = new Chunker(cutter, () -> new byte[1 << 20], b -> collect(b, chunks));
        c.begin(0, false);
        c.read(new ByteArrayInputStream(content), Long.MAX_VALUE);
        c.end("done");
        c.flush();
        return chunks;
    }

    private static void collect(Chunker.Batch b, List<byte[]> into) {
        for (int i = 0; i < b.chunks(); i++) {
            into.add(Arrays.copyOfRange(b.buffer(), b.start(i), b.end(i)));
        }
    }

    private static byte[] join(List<byte[]> chunks) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        chunks.forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Test
    void lengthsAreBoundedAndNearTheAverage() throws IOException {
        byte[] content = new byte[20 << 20];
        new Random(1).nextBytes(content);
        List<byte[]> chunks = cut(cutter(1), content);
        assertThat(join(chunks)).isEqualTo(content);
        assertThat(chunks.subList(0, chunks.size() - 1))
                .allSatisfy(c -> assertThat(c.length).isBetween(8 << 10, 128 << 10));
        assertThat(content.length / chunks.size()).isBetween(24 << 10, 48 << 10);
    }

    @Test
    void anInsertionMovesFewCuts() throws IOException {
        byte[] content = new byte[8 << 20];
        new Random(2).nextBytes(content);
        byte[] changed = new byte[content.length + 1];
        System.arraycopy(content, 0, changed, 0, 3_000_000);
        System.arraycopy(content, 3_000_000, changed, 3_000_001, content.length - 3_000_000);
        Set<String> before = new HashSet<>();
        cut(cutter(1), content).forEach(c -> before.add(Arrays.toString(c)));
        long fresh = cut(cutter(1), changed).stream()
                .filter(c -> !before.contains(Arrays.toString(c)))
                .count();
        assertThat(fresh).isLessThan(6);
    }

    @Test
    void cutsDependOnTheKey() throws IOException {
        byte[] content = new byte[2 << 20];
        new Random(3).nextBytes(content);
        List<Integer> one = cut(cutter(1), content).stream().map(c -> c.length).toList();
        List<Integer> two = cut(cutter(2), content).stream().map(c -> c.length).toList();
        assertThat(one).isNotEqualTo(two);
    }

    @Property(tries = 200)
    void whateverIsWrittenInPiecesComesOutWhole(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 3_000_000) int length,
            @ForAll @IntRange(min = 0, max = 9000) int width)
            throws IOException {
        Random random = new Random(seed);
        byte[] content = new byte[length];
        random.nextBytes(content);
        List<byte[]> chunks = new ArrayList<>();
        Chunker c = new Chunker(cutter(seed), () -> new byte[600 << 10], b -> collect(b, chunks));
        int at = 0;
        while (at < length) {
            c.begin(random.nextBoolean() ? width : 0, false);
            int n = Math.min(length - at, 1 + random.nextInt(400_000));
            if (random.nextBoolean()) {
                c.write(content, at, n);
            } else {
                c.read(new ByteArrayInputStream(content, at, n), n);
            }
            at += n;
        }
        c.end("done");
        c.flush();
        assertThat(join(chunks)).isEqualTo(content);
        assertThat(chunks).allSatisfy(x -> assertThat(x.length).isPositive());
    }
}
