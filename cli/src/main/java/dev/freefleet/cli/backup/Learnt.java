package dev.freefleet.cli.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the JVM learnt when the fleet was built, if it is as it was written. The JVM passes over what was made of other jars or by another JDK;
 * of bytes that are not what they were it dies, before a restore has begun.
 */
final class Learnt {
    private static final int[] TABLE = table();

    private Learnt() {}

    /** Returns flags for a JVM of this fleet's backups: none where it has not learnt. */
    static List<String> flags(Path home) {
        Path learnt = home.resolve("cli/target/fleet-backup.aot");
        try {
            String sum =
                    Files.readString(learnt.resolveSibling(learnt.getFileName() + ".sum"), StandardCharsets.US_ASCII);
            return sum.strip().equals(cksum(learnt))
                    ? List.of("-XX:AOTCache=" + learnt, "-Xlog:aot*=off", "-Xlog:cds*=off")
                    : List.of();
        } catch (IOException e) {
            return List.of(); // What is not there or cannot be read is of no use, and no backup needs it.
        }
    }

    /** As {@code cksum} of POSIX says of a file that it is given as its input: the checksum and the length. */
    static String cksum(Path file) throws IOException {
        int crc = 0;
        long length = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    crc = next(crc, buffer[i]);
                }
                length += n;
            }
        }
        for (long rest = length; rest != 0; rest >>>= 8) {
            crc = next(crc, (int) rest);
        }
        return Integer.toUnsignedString(~crc) + " " + length;
    }

    private static int next(int crc, int value) {
        return (crc << 8) ^ TABLE[((crc >>> 24) ^ value) & 0xFF];
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc << 1) ^ (crc < 0 ? 0x04C1_1DB7 : 0);
            }
            table[i] = crc;
        }
        return table;
    }
}
