package dev.freefleet.cli.backup;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command that was killed leaves among the system's temporary files. */
@Timeout(60)
class ScratchTest {
    @TempDir
    Path temp;

    private final StringWriter told = new StringWriter();

    /** A command that works until it is killed. */
    static final class Working {
        private Working() {}

        public static void main(String[] args) throws Exception {
            Scratch scratch = Scratch.in(Path.of(args[0]), new PrintWriter(System.err, true, StandardCharsets.UTF_8));
            Files.createDirectory(scratch.resolve("brain"));
            Files.writeString(scratch.resolve("brain/secret"), "what people wrote");
            System.out.println(scratch.resolve(""));
            Thread.sleep(100_000);
        }
    }

    private Process work() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Working.class.getName(),
                        temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void next() throws IOException {
        PrintWriter err = new PrintWriter(told, true);
        Path own;
        try (Scratch scratch = Scratch.in(temp, err)) {
            own = scratch.resolve("");
            assertThat(own).isDirectory();
        }
        assertThat(own).doesNotExist();
    }

    @Test
    void theNextCommandDeletesItOnceItsProcessIsGone() throws Exception {
        Process process = work();
        try {
            Path folder = Path.of(requireNonNull(process.inputReader().readLine()));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
            next();
            assertThat(folder.resolve("brain/secret")).as("while it works").exists();
            assertThat(told.toString()).isEmpty();
            process.destroyForcibly().waitFor();
            next();
            assertThat(folder).doesNotExist();
            assertThat(told.toString()).contains(folder + ", which a command that was killed had left");
            assertThat(temp).isEmptyDirectory();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void whatIsNotProvablyItsOwnStays() throws IOException {
        Path unmarked = folder("unmarked", "rwx------");
        Path open = folder("open", "rwxrwx---");
        Files.writeString(open.resolve(Scratch.MARK), Scratch.MARKED);
        Path other = folder("other", "rwx------");
        Files.writeString(other.resolve(Scratch.MARK), Scratch.MARKED.replace("deletes", "forgets"));
        Path linked = folder("linked", "rwx------");
        Files.createSymbolicLink(
                linked.resolve(Scratch.MARK), Files.writeString(temp.resolve("elsewhere"), Scratch.MARKED));
        Path link = temp.resolve(Scratch.NAME + "link");
        Path target = Files.createDirectory(temp.resolve("target"));
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(target.resolve(Scratch.MARK), Scratch.MARKED);
        Files.createSymbolicLink(link, target);
        next();
        assertThat(unmarked).isDirectory();
        assertThat(open.resolve(Scratch.MARK)).exists();
        assertThat(other.resolve(Scratch.MARK)).exists();
        assertThat(linked.resolve(Scratch.MARK)).exists();
        assertThat(link).isSymbolicLink();
        assertThat(target.resolve(Scratch.MARK)).exists();
    }

    private Path folder(String name, String mode) throws IOException {
        Path folder = Files.createDirectory(temp.resolve(Scratch.NAME + name));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }
}
