package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.store.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of small objects, which nothing must depend on. */
class CacheTest {
    @TempDir
    Path tmp;

    /** As in a home that cannot be written: what was backed up comes back all the same. */
    @Test
    void whereNoCopiesCanBeKeptEverythingIsAskedOfTheStore() throws IOException {
        Path file = Files.createFile(tmp.resolve("file"));
        RepositoryOptions options = Fixture.options().withFolders(tmp, file.resolve("cache"));
        MemoryStore store = new MemoryStore(Clock.systemUTC());
        Fixture.init(store).close();
        Path src = Files.createDirectory(tmp.resolve("src"));
        Files.write(src.resolve("a"), Fixture.random(1, 10_000));
        try (Repository r = Repository.open(store, Fixture.PASSPHRASE, options, Fixture.environment())) {
            StoredSnapshot made = Fixture.backup(r, src);
            r.restore(made.snapshot(), "", tmp.resolve("out"), false, Progress.NONE);
            assertThat(Fixture.describe(tmp.resolve("out"))).isEqualTo(Fixture.describe(src));
            r.forget(List.of(made));
            assertThat(r.prune(0.05, Progress.NONE).notes()).isEmpty();
            assertThat(r.verify(1, new Random(1), Progress.NONE).isSound()).isTrue();
        }
    }
}
