package dev.freefleet.cli;

import dev.freefleet.cli.client.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Random;

/**
 * A small backup, its check, its restore and a prune, of which {@code ./fleet build} has the JVM keep what it learnt: the classes, linked, and which methods are hot.
 * {@code ./fleet backup} then starts sooner and compiles less.
 */
public final class Rehearsal {
    private static final int FILES = 40;
    private static final int FILE_BYTES = 200_000;

    private Rehearsal() {}

    /**
     * Does all of it.
     *
     * @param arguments an empty folder, in which it happens
     */
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(arguments[0]).toRealPath();
        Path notes = home.resolve("notes");
        Files.writeString(home.resolve("fleet.yaml"), "backup:\n  sources: []\n  folders: [notes]\n");
        fill(notes);
        run(home, "run");
        Files.writeString(notes.resolve("text-0.md"), "another whale\n");
        run(home, "run");
        run(home, "list");
        run(home, "verify");
        run(home, "restore", "latest", "--to", "restored");
        run(home, "prune");
    }

    /** Makes the folder, with made-up files of some 16 MB. */
    public static void fill(Path notes) throws IOException {
        Files.createDirectories(notes);
        Random random = new Random(1);
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = new byte[FILE_BYTES];
            random.nextBytes(bytes);
            Files.write(notes.resolve("noise-" + i), bytes);
            Files.writeString(
                    notes.resolve("text-" + i + ".md"), ("whale " + random.nextInt() + "\n").repeat(FILE_BYTES / 20));
        }
    }

    private static void run(Path home, String... arguments) {
        String[] words = new String[arguments.length + 1];
        words[0] = "backup";
        System.arraycopy(arguments, 0, words, 1, arguments.length);
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        Map<String, String> environment =
                Map.of("XDG_CACHE_HOME", home.resolve("cache").toString());
        Surroundings surroundings = new Surroundings(home, home, environment, out, out, false, Clock.systemUTC());
        int code = Commands.run(surroundings, words);
        if (code != 0) {
            throw new IllegalStateException(String.join(" ", words) + " ended with " + code + ":\n" + said);
        }
    }
}
