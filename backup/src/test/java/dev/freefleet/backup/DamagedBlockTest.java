package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.backup.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One block among others of one read, which are opened one after the other in the same arrays. */
class DamagedBlockTest {
    private static final int FILES = 60;

    @TempDir
    Path tmp;

    @Test
    void aDamagedBlockBetweenGoodOnesIsLostAloneAndNothingElseTakesItsPlace() throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        for (int i = 0; i < FILES; i++) {
            byte[] bytes = Fixture.random(i, 50_000 + i);
            if (i % 3 == 0) {
                for (int b = 0; b < bytes.length; b++) {
                    bytes[b] &= 3; // so that it is compressed, and its blocks are shorter than the others
                }
            }
            Files.write(src.resolve("file" + i), bytes);
        }
        Path repo = tmp.resolve("repo");
        RepositoryOptions one = new RepositoryOptions(
                16 << 20,
                3,
                1,
                false,
                Long.MAX_VALUE,
                RepositoryOptions.DEFAULT.longestRun(),
                RepositoryOptions.DEFAULT.minimumAge(),
                tmp,
                null);
        try (Repository r = Repository.init(
                new FolderStore(repo), Fixture.PASSPHRASE, "k", Fixture.SOFT, one, Fixture.environment())) {
            Snapshot s = Fixture.backup(r, src).snapshot();
            Map<String, String> expected = Fixture.describe(src);
            Path pack;
            try (Stream<Path> packs = Files.walk(repo.resolve("packs"))) {
                pack = packs.filter(Files::isRegularFile)
                        .max(Comparator.comparingLong(p -> p.toFile().length()))
                        .orElseThrow();
            }
            byte[] good = Files.readAllBytes(pack);
            Random random = new Random(6);
            for (int round = 0; round < 20; round++) {
                byte[] bad = good.clone();
                bad[300_000 + random.nextInt(1_000_000)] ^= (byte) (1 << random.nextInt(8));
                Files.write(pack, bad);
                Path out = tmp.resolve("out" + round);
                RestoreResult result = r.restore(s, "", out, false, Progress.NONE);
                Map<String, String> left = new TreeMap<>(expected);
                result.lost().forEach(p -> assertThat(left.remove(p.where())).isNotNull());
                assertThat(left).hasSizeBetween(FILES - 12, FILES - 1);
                Map<String, String> got = Fixture.describe(out);
                got.keySet().removeIf(name -> name.endsWith(".damaged"));
                assertThat(got).isEqualTo(left);
            }
            Files.write(pack, good);
            r.restore(s, "", tmp.resolve("out"), false, Progress.NONE);
            assertThat(Fixture.describe(tmp.resolve("out"))).isEqualTo(expected);
        }
    }
}
