package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.admin.KeyMinter;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.data.ApiKey;
import dev.freefleet.data.DataConfig;
import dev.freefleet.data.DataPlane;
import dev.freefleet.gateway.KeyRing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first key, over deaths in the middle of the first start, and of several fleets on one database. */
@Timeout(180)
class FirstStartTest {
    @TempDir
    Path home;

    private DataPlane data;

    @BeforeEach
    void open() {
        data = DataPlane.open(DataConfig.embedded(home.resolve("postgres")), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        data.close();
    }

    private static KeyMinter mint(DataDirectory directory) {
        return new Mint(new KeyRing(directory.secrets().signing()));
    }

    private boolean start(String directory) {
        try (DataDirectory opened = DataDirectory.open(home.resolve(directory))) {
            return FirstStart.run(data, mint(opened), 1, opened.secrets());
        }
    }

    private ApiKey onlyKey() {
        List<ApiKey> keys = data.keys().list();
        assertThat(keys).hasSize(1);
        assertThat(keys.getFirst().revokedAt()).isNull();
        return keys.getFirst();
    }

    @Test
    void aFleetThatComesToAnothersDatabaseMakesAndRevokesNothing() {
        assertThat(start("one")).isTrue();
        ApiKey first = onlyKey();

        assertThat(start("two")).isFalse();
        assertThat(start("two")).isFalse();
        assertThat(home.resolve("two/first-key")).doesNotExist();
        assertThat(onlyKey()).isEqualTo(first);
        assertThat(start("one")).isFalse();
        assertThat(data.users().list()).hasSize(1);
    }

    @Test
    void ofFleetsThatStartAtTheSameMomentOneMakesAKey() throws Exception {
        List<Future<Boolean>> starts = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                String directory = "fleet-" + i;
                starts.add(threads.submit(() -> start(directory)));
            }
        }
        int made = 0;
        for (Future<Boolean> start : starts) {
            made += start.get() ? 1 : 0;
        }
        assertThat(made).isEqualTo(1);
        assertThat(onlyKey().userName()).isEqualTo("owner");
    }

    @Test
    void aDeathInTheMiddleLeavesNoKeyThatNobodyKnows() throws Exception {
        try (DataDirectory directory = DataDirectory.open(home.resolve("one"))) {
            KeyMinter mint = mint(directory);
            // Dead before the key's transaction has ended: its text may be kept, the key is not there.
            assertThatThrownBy(() -> FirstStart.run(
                            data,
                            key -> {
                                directory.secrets().keepFirstKey(mint.mint(key));
                                throw new IllegalStateException("dead");
                            },
                            1,
                            directory.secrets()))
                    .hasMessageContaining("dead");
            assertThat(data.keys().list()).isEmpty();

            assertThat(FirstStart.run(data, mint, 1, directory.secrets())).isTrue();
            String kept = directory.secrets().firstKey();
            assertThat(kept).isEqualTo(mint.mint(onlyKey()));

            // Dead after it, and before anything else.
            Files.delete(home.resolve("one/secrets/first-key-made"));
            assertThat(FirstStart.run(data, mint, 1, directory.secrets())).isTrue();
            assertThat(directory.secrets().firstKey()).isEqualTo(kept).isEqualTo(mint.mint(onlyKey()));
            assertThat(FirstStart.run(data, mint, 1, directory.secrets())).isFalse();
        }
    }
}
