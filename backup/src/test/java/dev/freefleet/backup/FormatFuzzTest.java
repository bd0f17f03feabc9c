package dev.freefleet.backup;

import dev.freefleet.backup.cut.CutFuzz;
import dev.freefleet.backup.format.FormatFuzz;
import dev.freefleet.backup.format.FuzzSeeds;
import dev.freefleet.testkit.Fuzzer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Coverage-guided fuzzing of every parser; {@code -Dfuzz.seconds=N} says for how long, 20 seconds by default. */
class FormatFuzzTest {
    private static final String MODULE = "dev.freefleet.backup.**";
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 20);

    private static byte[] tagged(int which, byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(which);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(FormatFuzzTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        }
    }

    private static Fuzzer start(Class<?> target, List<byte[]> seeds) throws IOException {
        Path corpus = Files.createDirectories(Path.of("target", "fuzz", target.getSimpleName()));
        return Fuzzer.start(target, MODULE, seeds, corpus, SECONDS);
    }

    /** Both at the same time. */
    @Test
    void everyParserReadsOrRefusesWhateverComes() throws Exception {
        List<byte[]> format = new ArrayList<>();
        List<byte[]> valid = FuzzSeeds.valid();
        for (int i = 0; i < valid.size(); i++) {
            format.add(tagged(i, valid.get(i)));
        }
        byte[] tar = new byte[2048];
        byte[] header = ("a/b" + "\0".repeat(97) + "0000644\0" + "0000000\0" + "0000000\0" + "00000000005\0")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(header, 0, tar, 0, header.length);
        List<byte[]> cut = List.of(
                tagged(0, resource("/lance/vectors-2.1.lance")),
                tagged(0, resource("/lance/nullable.lance")),
                tagged(1, tar));
        Fuzzer one = start(FormatFuzz.class, format);
        Fuzzer two = start(CutFuzz.class, cut);
        one.assertHolds();
        two.assertHolds();
    }
}
