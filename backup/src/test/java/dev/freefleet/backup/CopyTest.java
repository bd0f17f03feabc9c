package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTest {
    @TempDir
    Path tmp;

    @Test
    void onlyWhatIsMissingIsSent() throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        Files.write(src.resolve("big"), Fixture.random(1, 4_000_000));
        Unlock other = Unlock.passphrase("another passphrase");
        try (Repository here = Fixture.init(tmp.resolve("here"));
                Repository there = Repository.init(
                        new FolderStore(tmp.resolve("there")),
                        other,
                        "k",
                        Fixture.SOFT,
                        Fixture.options(),
                        Fixture.environment())) {
            Fixture.backup(here, src);
            assertThat(here.copyTo(there, here.list(), Progress.NONE))
                    .singleElement()
                    .satisfies(s -> assertThat(s.snapshot().added()).isGreaterThan(4_000_000));
            Files.write(src.resolve("little"), Fixture.random(2, 50_000));
            Fixture.backup(here, src);
            List<StoredSnapshot> second = here.copyTo(there, here.list(), Progress.NONE);
            assertThat(second)
                    .singleElement()
                    .satisfies(s -> assertThat(s.snapshot().added()).isBetween(50_000L, 60_000L));
            assertThat(here.copyTo(there, here.list(), Progress.NONE)).isEmpty();
            assertThat(there.list().stream().map(s -> s.snapshot().id()))
                    .containsExactlyElementsOf(
                            here.list().stream().map(s -> s.snapshot().id()).toList());
            assertThat(there.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
            there.restore(there.find("latest").snapshot(), "", tmp.resolve("out"), false, Progress.NONE);
            assertThat(Fixture.describe(tmp.resolve("out"))).isEqualTo(Fixture.describe(src));
        }
    }
}
