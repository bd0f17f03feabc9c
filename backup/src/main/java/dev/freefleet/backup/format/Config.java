package dev.freefleet.backup.format;

import dev.freefleet.backup.cut.GearCutter;
import java.time.Instant;

/**
 * What a repository was made with; never changed afterwards.
 *
 * @param created when it was made
 * @param minChunk shortest chunk that is cut by content, in bytes, 64..
 * @param averageBits logarithm of the average length
 * @param maxChunk longest chunk, at most {@link Limits#MAX_CHUNK} / 4
 */
public record Config(Instant created, int minChunk, int averageBits, int maxChunk) {
    /** Chunks of 8 to 128 KiB, 32 KiB on average. */
    public static Config standard(Instant now) {
        return new Config(now, 8 << 10, 15, 128 << 10);
    }

    /** Returns the configuration's bytes. */
    public byte[] bytes() {
        return new ByteWriter()
                .i64(created.toEpochMilli())
                .varint(minChunk)
                .varint(averageBits)
                .varint(maxChunk)
                .toByteArray();
    }

    /** Reads a configuration. */
    public static Config read(String name, byte[] bytes) {
        ByteReader in = new ByteReader(name, bytes);
        Instant created = Instant.ofEpochMilli(in.i64());
        int min = in.count(Limits.MAX_CHUNK);
        int bits = in.count(19);
        int max = in.count(Limits.MAX_CHUNK / 4);
        in.end();
        if (min < 64 || 1 << bits <= min || max <= 1 << bits) {
            throw in.fault("impossible lengths of chunks");
        }
        return new Config(created, min, bits, max);
    }

    /** Returns the repository's cutter. */
    public GearCutter cutter(Sealer sealer) {
        return new GearCutter(sealer.derive("gear", GearCutter.KEY_BYTES), minChunk, averageBits, maxChunk);
    }
}
