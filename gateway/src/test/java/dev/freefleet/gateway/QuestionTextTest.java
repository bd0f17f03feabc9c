package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One form of a text's letters, the same on the JVM and in JavaScript. */
class QuestionTextTest {
    /** What the step's documentation tells a shell in JavaScript to do. */
    private static final String IN_JAVASCRIPT = """
            import { readFileSync, writeFileSync } from 'node:fs';
            const normalize = text => [...text.normalize('NFKC')].map(c => c.toLowerCase()).join('').normalize('NFKC');
            const lines = readFileSync('texts.txt', 'utf8').split('\\n');
            writeFileSync('normal.txt', lines.map(line => /\\p{Cn}/u.test(line) ? 'newer' : normalize(line)).join('\\n'));
            """;

    @ParameterizedTest
    @CsvSource({
        "ÄPFEL, äpfel",
        "a\u0308, ä",
        "ﬁ, fi",
        "Ａ①, a1",
        "ΟΔΟΣ, οδοσ",
        "İI, i\u0307i",
        "ß, ß",
        "Å, å",
        "𐐀, 𐐨",
    })
    void lettersHaveOneForm(String text, String expected) {
        assertThat(QuestionText.normalize(text)).isEqualTo(expected);
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void javaScriptFindsTheSame(@TempDir Path folder) throws Exception {
        List<String> texts = new ArrayList<>();
        IntStream.rangeClosed(0x20, Character.MAX_CODE_POINT)
                .filter(c -> Character.isDefined(c) && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE))
                .mapToObj(Character::toString)
                .forEach(texts::add);
        Random random = new Random(1);
        int[] letters = "aAäÄ\u0308\u0301\u0316ßΣσςİıIi\u0307\u0345ﬁŉǰΐẞ①ｆ각각गऩ\u093cΩΩ𐐀ſ"
                .codePoints()
                .toArray();
        for (int i = 0; i < 20_000; i++) {
            texts.add(random.ints(1 + random.nextInt(6), 0, letters.length)
                    .mapToObj(at -> Character.toString(letters[at]))
                    .collect(Collectors.joining()));
        }
        Files.writeString(folder.resolve("texts.txt"), String.join("\n", texts));
        Files.writeString(folder.resolve("run.mjs"), IN_JAVASCRIPT);
        Process node = new ProcessBuilder("node", "run.mjs")
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(node.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();

        String[] normal = Files.readString(folder.resolve("normal.txt"), StandardCharsets.UTF_8)
                .split("\n", -1);
        assertThat(normal).hasSameSizeAs(texts);
        int known = 0;
        List<String> others = new ArrayList<>();
        for (int i = 0; i < normal.length; i++) {
            String text = texts.get(i);
            boolean newer = normal[i].equals("newer");
            if (!newer && !QuestionText.normalize(text).equals(normal[i])) {
                others.add(text + " " + normal[i] + " " + QuestionText.normalize(text));
            }
            known += newer ? 0 : 1;
        }
        assertThat(others).isEmpty();
        // The JVM may know a newer Unicode than node: the rest is what both know.
        assertThat(known).isGreaterThan(texts.size() * 9 / 10);
    }
}
