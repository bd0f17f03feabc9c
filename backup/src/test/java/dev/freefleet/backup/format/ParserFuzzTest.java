package dev.freefleet.backup.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.Entry;
import dev.freefleet.backup.Fixture;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.format.PackContent.Block;
import dev.freefleet.backup.format.Records.IndexedPack;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Every parser of the format, fed with what it wrote, changed: it reads it or throws the module's own exception. */
class ParserFuzzTest {
    private static final Sealer SEALER = new Sealer(Fixture.random(1, 32), Fixture.random(2, 16), new SecureRandom());

    interface Parser {
        Object parse(byte[] b);
    }

    record Target(byte[] valid, Parser parser) {}

    private static ChunkRef ref(int i) {
        return new ChunkRef(ChunkId.of(new byte[] {(byte) i}, 0, 1), 100 + i);
    }

    private static PackContent content() {
        return new PackContent(
                false,
                List.of(
                        new Block(Codec.ZSTD, 150, 201, List.of(ref(0), ref(1))),
                        new Block(Codec.PLANES, 99, 102, List.of(ref(2)))));
    }

    static final List<Target> TARGETS = targets();

    private static List<Target> targets() {
        Instant now = Instant.ofEpochSecond(1_800_000_000, 5);
        ContentRef tree = new ContentRef(1, 1000, List.of(ref(3), ref(4)));
        Snapshot s = new Snapshot(
                "00112233445566778899aabbccddeeff",
                now,
                "host",
                "source",
                Snapshot.Kind.TAR,
                List.of("a", "b"),
                1,
                2,
                3,
                4,
                tree,
                tree);
        Entry e = new Entry(new byte[] {'a', -1}, Entry.Type.FILE, 0644, 1, 2, now, 3, 4, tree, 5, new byte[0]);
        ByteWriter entry = new ByteWriter();
        Records.write(entry, e);
        byte[] floats = new byte[4096];
        for (int i = 0; i < floats.length; i += 4) {
            floats[i] = (byte) (i * 31);
            floats[i + 3] = 63;
        }
        Codec.Packed planes = Codec.compress(floats, floats.length, true, 3);
        Codec.Packed zstd = Codec.compress(new byte[5000], 5000, false, 3);
        Pack pack = new Pack(SEALER, false, new ByteWriter());
        pack.add(zstd, 5000, List.of(new ChunkRef(ChunkId.of(new byte[5000], 0, 5000), 5000)));
        return List.of(
                new Target(Records.manifest(s), b -> Records.readManifest("m", b)),
                new Target(
                        Records.index(List.of(new IndexedPack("0".repeat(64), 5, content()))),
                        b -> Records.readIndex("i", b)),
                new Target(
                        Arrays.copyOfRange(entry.toByteArray(), 1, entry.size()),
                        b -> Records.readEntry(new ByteReader("e", b))),
                new Target(Config.standard(now).bytes(), b -> Config.read("c", b)),
                new Target(
                        KeySlot.create(
                                Fixture.random(3, 32),
                                Fixture.random(4, 16),
                                Fixture.PASSPHRASE,
                                "label",
                                Fixture.SOFT,
                                now,
                                new SecureRandom()),
                        b -> KeySlot.parse("k", b)),
                new Target(bytes(planes), b -> planes.codec().decompress("p", b, floats.length)),
                new Target(bytes(zstd), b -> zstd.codec().decompress("z", b, 5000)),
                new Target(pack.finish().toByteArray(), b -> Pack.contentOf(SEALER, "pack", b, b.length)),
                new Target(
                        SEALER.seal(ObjectType.SNAPSHOT, new byte[50]), b -> SEALER.open(ObjectType.SNAPSHOT, "s", b)));
    }

    @Test
    void whatWasWrittenIsRead() {
        for (Target t : TARGETS) {
            assertThat(t.parser.parse(t.valid)).isNotNull();
        }
        assertThat(TARGETS.get(5).parser.parse(TARGETS.get(5).valid)).isInstanceOf(byte[].class);
    }

    @Property(tries = 20_000)
    void whatWasChangedIsReadOrRefused(
            @ForAll @IntRange(min = 0, max = 8) int which,
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 8) int changes) {
        Random random = new Random(seed);
        byte[] b = TARGETS.get(which).valid.clone();
        for (int i = 0; i < changes; i++) {
            b[random.nextInt(b.length)] = (byte) random.nextInt();
        }
        switch (random.nextInt(4)) {
            case 0 -> b = Arrays.copyOf(b, random.nextInt(b.length));
            case 1 -> b = Arrays.copyOf(b, b.length + random.nextInt(100));
            default -> {}
        }
        parse(TARGETS.get(which).parser, b);
    }

    @Property(tries = 10_000)
    void noiseIsReadOrRefused(@ForAll @IntRange(min = 0, max = 8) int which, @ForAll byte[] noise) {
        parse(TARGETS.get(which).parser, noise);
    }

    private static void parse(Parser parser, byte[] b) {
        try {
            assertThat(parser.parse(b)).isNotNull();
        } catch (BackupException e) {
            assertThat(e.object()).isNotNull();
            assertThat(e).hasMessageContaining(String.valueOf(e.object()));
        }
    }

    @Property(tries = 300)
    void everyBlockComesBack(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 20_000) int length, @ForAll boolean float32) {
        Random random = new Random(seed);
        byte[] plain = new byte[length];
        random.nextBytes(plain);
        for (int i = 3; i < length && random.nextBoolean(); i += 4) {
            plain[i] = 61;
        }
        Codec.Packed packed = Codec.compress(plain, plain.length, float32, 3);
        assertThat(packed.length()).isLessThanOrEqualTo(length);
        assertThat(packed.codec().decompress("b", bytes(packed), length)).isEqualTo(plain);
    }

    @Test
    void bytePlanesMakeEmbeddingsSmallerThanZstdDoes() {
        Random random = new Random(1);
        java.nio.ByteBuffer floats = java.nio.ByteBuffer.allocate(256 << 10).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            floats.putFloat((float) (random.nextGaussian() * 0.02));
        }
        Codec.Packed planes = Codec.compress(floats.array(), floats.array().length, true, 3);
        Codec.Packed zstd = Codec.compress(floats.array(), floats.array().length, false, 3);
        assertThat(planes.codec()).isEqualTo(Codec.PLANES);
        assertThat(planes.length()).isLessThan(zstd.length() * 95 / 100);
    }

    @Test
    void noTwoObjectsShareAKeyAndNoNameTellsContent() {
        byte[] one = SEALER.seal(ObjectType.SNAPSHOT, new byte[100]);
        byte[] two = SEALER.seal(ObjectType.SNAPSHOT, new byte[100]);
        assertThat(Arrays.copyOfRange(one, 24, 56)).isNotEqualTo(Arrays.copyOfRange(two, 24, 56));
        assertThat(ChunkId.hex(one)).isNotEqualTo(ChunkId.hex(two));
    }

    private static byte[] bytes(Codec.Packed packed) {
        return Arrays.copyOf(packed.bytes(), packed.length());
    }
}
