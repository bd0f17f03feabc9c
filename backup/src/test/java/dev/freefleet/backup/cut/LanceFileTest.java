package dev.freefleet.backup.cut;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files in {@code resources/lance} were written by LanceDB 0.39 (npm): 48 rows of 256 float32, some nullable, one compacted. */
class LanceFileTest {
    static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(LanceFileTest.class.getResourceAsStream("/lance/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Region> regions(byte[] file) {
        try {
            return LanceFile.regions(
                    file.length, (offset, length) -> Arrays.copyOfRange(file, (int) offset, (int) offset + length));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vectors-2.0.lance, 48, 1024, true",
        "vectors-2.1.lance, 48, 1024, true",
        "vectors-2.2.lance, 48, 1024, true",
        "compacted-2.1.lance, 42, 1024, true",
        "nullable.lance, 48, 1057, false"
    })
    void vectorsAreFoundInWhatLanceDbWrites(String name, int rows, int width, boolean float32) {
        List<Region> all = regions(resource(name));
        List<Region> vectors = all.stream().filter(r -> r.width() > 0).toList();
        assertThat(vectors).hasSize(1);
        assertThat(vectors.getFirst().width()).isEqualTo(width);
        assertThat(vectors.getFirst().length()).isEqualTo((long) rows * width);
        assertThat(vectors.getFirst().float32()).isEqualTo(float32);
        assertCovers(all, resource(name).length);
    }

    @Test
    void rowsSurviveACompaction() {
        Set<String> before = rows("vectors-2.1.lance");
        Set<String> after = rows("compacted-2.1.lance");
        assertThat(before).hasSize(48);
        assertThat(before).containsAll(after);
    }

    private static Set<String> rows(String name) {
        byte[] file = resource(name);
        Region v = regions(file).stream().filter(r -> r.width() > 0).findFirst().orElseThrow();
        Set<String> rows = new HashSet<>();
        for (long at = v.offset(); at < v.offset() + v.length(); at += v.width()) {
            rows.add(Arrays.toString(Arrays.copyOfRange(file, (int) at, (int) at + v.width())));
        }
        return rows;
    }

    @Test
    void whatIsNoLanceFileIsOneRegion() {
        assertThat(regions(new byte[1000])).containsExactly(new Region(0, 1000, 0, false));
        assertThat(regions(new byte[0])).isEmpty();
        byte[] unknown = resource("vectors-2.1.lance");
        unknown[unknown.length - 8] = 9;
        assertThat(regions(unknown)).containsExactly(new Region(0, unknown.length, 0, false));
    }

    @Property(tries = 3000)
    void aDamagedFileIsNeverAnError(
            @ForAll @IntRange(min = 0, max = 4) int file,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6) int flips) {
        String[] names = {
            "vectors-2.0.lance", "vectors-2.1.lance", "vectors-2.2.lance", "compacted-2.1.lance", "nullable.lance"
        };
        byte[] bytes = resource(names[file]);
        java.util.Random random = new java.util.Random(seed);
        for (int i = 0; i < flips; i++) {
            bytes[bytes.length - 1 - random.nextInt(1800)] = (byte) random.nextInt();
        }
        byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
        assertCovers(regions(cut), cut.length);
    }

    private static void assertCovers(List<Region> regions, long size) {
        long at = 0;
        for (Region r : regions) {
            assertThat(r.offset()).isEqualTo(at);
            assertThat(r.length()).isPositive();
            at += r.length();
        }
        assertThat(at).isEqualTo(size);
    }
}
