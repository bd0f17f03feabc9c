package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.KeyToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Keys that were made elsewhere. */
@Timeout(120)
class KeyImportTest {
    private final TestClock clock = new TestClock("2026-11-23T10:15:30Z");
    private DataConfig.External database;
    private DataPlane plane;
    private Keys keys;
    private User owner;

    @BeforeEach
    void open() {
        database = TestServer.newDatabase();
        plane = DataPlane.open(DataConfig.of(database), clock);
        keys = plane.keys();
        owner = plane.users().create("owner", null);
    }

    @AfterEach
    void close() {
        plane.close();
    }

    private static byte[] sha256(String text) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static KeyImport order(String owner, String name, String text) throws Exception {
        return new KeyImport(owner, sha256(text), NewKey.of(1, name));
    }

    private ImportResult run(KeyImport... imports) {
        return keys.importKeys(List.of(imports), false, false);
    }

    @Test
    void anImportedKeyIsKnownByItsDigestAlone() throws Exception {
        Instant end = clock.instant().plus(Duration.ofDays(1));
        NewKey wanted =
                new NewKey(1, "old one", "gold", Set.of("query"), null, List.of(), end, List.of("10.0.0.0/8"), 2, 1);

        ImportResult result = run(new KeyImport("owner", sha256("legacy"), wanted));

        assertThat(result).isEqualTo(new ImportResult(1, List.of(), List.of()));
        ApiKey key = keys.list().getFirst();
        assertThat(key.isImported()).isTrue();
        assertThat(key.userId()).isEqualTo(owner.id());
        assertThat(key.expiresAt()).isEqualTo(wanted.expiresAt());
        assertThat(keys.book().imported())
                .isEqualTo(java.util.Map.of(
                        HexFormat.of().formatHex(sha256("legacy")), new KeyToken(1, key.id(), owner.id(), 0, "gold")));
        assertThat(keys.book().states()).singleElement().satisfies(state -> {
            assertThat(state.keyId()).isEqualTo(key.id());
            assertThat(state.validUntilMillis()).isEqualTo(end.toEpochMilli());
            assertThat(state.maxConcurrent()).isEqualTo(2);
        });
        assertThat(keys.bySecret()).isEmpty();
    }

    @Test
    void anImportedKeysEndMayBeMovedAndItRotatesIntoAFleetKey() throws Exception {
        run(order("owner", "old", "legacy"));
        ApiKey key = keys.list().getFirst();

        assertThat(keys.change(key.id(), k -> k.renewed(clock.instant().plusSeconds(60), 1))
                        .expiresAt())
                .isEqualTo(clock.instant().plusSeconds(60));
        assertThat(keys.change(key.id(), k -> k.renewed(null, 1)).expiresAt()).isNull();

        ApiKey renewed = keys.rotate(key.id(), Duration.ofDays(1), null, 3);
        assertThat(renewed.isImported()).isFalse();
        assertThat(renewed.secretVersion()).isEqualTo(3);
        assertThat(keys.show(key.id()).expiresAt()).isEqualTo(clock.instant().plus(Duration.ofDays(1)));
    }

    @Test
    void oneProblemMeansThatNothingIsTaken() throws Exception {
        keys.create(NewKey.of(owner.id(), "taken"));
        plane.users().create("gone", null);
        plane.users().disable("gone", true);

        ImportResult result = run(
                order("owner", "fine", "a"),
                order("owner", "taken", "b"),
                order("nobody", "x", "c"),
                order("owner", "twice", "a"),
                order("owner", "fine", "d"),
                order("gone", "x", "e"),
                order("owner", "line\nbreak", "f"));

        assertThat(result.problems())
                .extracting(problem -> problem.index() + " " + problem.detail())
                .containsExactly(
                        "1 The user \"owner\" has a key named \"taken\" already; choose another name.",
                        "2 There is no user named \"nobody\"; make the user first, or let the import make users.",
                        "3 This key was imported already, further up.",
                        "4 The user \"owner\" has a key named \"fine\" already; choose another name.",
                        "5 The user \"gone\" is disabled and can have no new keys.",
                        "6 A key's name holds no control characters, line breaks or other characters that cannot be seen.");
        assertThat(keys.list()).extracting(ApiKey::name).containsExactly("taken");
        assertThat(keys.book().imported()).isEmpty();
    }

    @Test
    void aDryRunSaysTheSameAndChangesNothing() throws Exception {
        ImportResult dry = keys.importKeys(List.of(order("new", "a", "a"), order("owner", "b", "b")), true, true);
        assertThat(dry).isEqualTo(new ImportResult(2, List.of("new"), List.of()));
        assertThat(keys.list()).isEmpty();
        assertThat(plane.users().find("new")).isEmpty();

        assertThat(keys.importKeys(List.of(order("new", "a", "a"), order("owner", "b", "b")), true, false))
                .isEqualTo(dry);
        assertThat(keys.list()).extracting(ApiKey::userName).containsExactlyInAnyOrder("new", "owner");
    }

    @Test
    void aRevokedImportDoesNotComeBackByImportingItAgain() throws Exception {
        run(order("owner", "old", "legacy"));
        long id = keys.list().getFirst().id();
        keys.revoke(id);

        assertThat(keys.book().imported()).isEmpty();
        assertThat(run(order("owner", "again", "legacy")).problems())
                .extracting(ImportResult.Problem::detail)
                .containsExactly("This key was imported already, as the key " + id + ", which is revoked.");
    }

    @Test
    void thousandsAreTakenAtOnceAndReachAnotherFleet() throws Exception {
        BlockingQueue<KeyBook> told = new LinkedBlockingQueue<>();
        try (DataPlane gateway = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
            gateway.onKeysChanged(told::add);
            assertThat(told.take().imported()).isEmpty();
            List<KeyImport> many = new ArrayList<>();
            for (int i = 0; i < 3_000; i++) {
                many.add(order("owner", "key " + i, "secret " + i));
            }

            assertThat(keys.importKeys(many, false, false).problems()).isEmpty();

            assertThat(told.poll(60, TimeUnit.SECONDS))
                    .isNotNull()
                    .satisfies(book -> assertThat(book.imported()).hasSize(3_000));
        }
    }
}
