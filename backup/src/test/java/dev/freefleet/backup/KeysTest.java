package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.store.FolderStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
    @TempDir
    Path tmp;

    private Repository open(Unlock unlock) {
        return Repository.open(new FolderStore(tmp.resolve("repo")), unlock, Fixture.options(), Fixture.environment());
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void wrongOrLostKeyIsRefusedAndNothingIsOverwritten() throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        Files.writeString(src.resolve("f"), "content");
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Fixture.backup(r, src);
        }
        Map<String, String> before = Fixture.describe(tmp.resolve("repo"));
        refused(() -> open(Unlock.passphrase("wrong")), Reason.WRONG_KEY);
        Path file = tmp.resolve("key");
        Unlock other = Unlock.newKeyFile(file, new SecureRandom());
        refused(() -> open(other), Reason.WRONG_KEY);
        refused(() -> Fixture.init(tmp.resolve("repo")), Reason.ALREADY_EXISTS);
        Map<String, String> after = Fixture.describe(tmp.resolve("repo"));
        before.remove("tmp/");
        after.remove("tmp/");
        assertThat(after).isEqualTo(before);
    }

    @Test
    void aKeyFileOpensAndIsReadableByItsOwnerOnly() throws IOException {
        Path file = tmp.resolve("key");
        Unlock key = Unlock.newKeyFile(file, new SecureRandom());
        assertThat(Files.getPosixFilePermissions(file)).hasToString("[OWNER_READ, OWNER_WRITE]");
        Repository.init(
                        new FolderStore(tmp.resolve("repo")),
                        key,
                        "file",
                        Fixture.SOFT,
                        Fixture.options(),
                        Fixture.environment())
                .close();
        try (Repository r = open(Unlock.keyFile(file))) {
            assertThat(r.keys())
                    .singleElement()
                    .satisfies(k -> assertThat(k.kind()).isEqualTo(KeyInfo.Kind.KEY_FILE));
        }
        refused(() -> Unlock.newKeyFile(file, new SecureRandom()), Reason.ALREADY_EXISTS);
        Files.writeString(tmp.resolve("short"), "short");
        refused(() -> Unlock.keyFile(tmp.resolve("short")), Reason.WRONG_KEY);
    }

    @Test
    void thePassphraseChangesWithoutRewritingData() throws IOException {
        Path src = Files.createDirectories(tmp.resolve("src"));
        Files.write(src.resolve("f"), Fixture.random(1, 100_000));
        Unlock fresh = Unlock.passphrase("new passphrase");
        try (Repository r = Fixture.init(tmp.resolve("repo"))) {
            Fixture.backup(r, src);
            List<KeyInfo> old = r.keys();
            Map<String, String> packs = Fixture.describe(tmp.resolve("repo/packs"));
            r.addKey(fresh, "second", Fixture.SOFT);
            r.removeKey(old.getFirst().id());
            assertThat(Fixture.describe(tmp.resolve("repo/packs"))).isEqualTo(packs);
        }
        refused(() -> open(Fixture.PASSPHRASE), Reason.WRONG_KEY);
        try (Repository r = open(fresh)) {
            assertThat(r.list()).hasSize(1);
            assertThat(r.verify(1, new java.util.Random(1), Progress.NONE).isSound())
                    .isTrue();
            String last = r.keys().getFirst().id();
            refused(() -> r.removeKey(last), Reason.REFUSED);
            refused(() -> r.removeKey("nonesuch"), Reason.MISSING);
        }
    }

    @Test
    void anEmptyPlaceHoldsNoRepository() {
        refused(() -> Fixture.open(tmp.resolve("none")), Reason.NO_REPOSITORY);
        refused(() -> Unlock.passphrase(""), Reason.REFUSED);
    }

    @Test
    void argon2idCostsWhatItIsToldTo() {
        try (Repository r = Repository.init(
                new FolderStore(tmp.resolve("repo")),
                Fixture.PASSPHRASE,
                "hard",
                KeyHardness.DEFAULT,
                Fixture.options(),
                Fixture.environment())) {
            assertThat(r.keys())
                    .singleElement()
                    .satisfies(k -> assertThat(k.label()).isEqualTo("hard"));
        }
        try (Repository r = Fixture.open(tmp.resolve("repo"))) {
            assertThat(r.list()).isEmpty();
        }
    }
}
