package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsersTest {
    private static DataPlane plane;
    private static final TestClock CLOCK = new TestClock("2026-11-23T10:15:30.123456Z");

    @BeforeAll
    static void open() {
        plane = DataPlane.open(DataConfig.of(TestServer.newDatabase()), CLOCK);
    }

    @AfterAll
    static void close() {
        plane.close();
    }

    @Test
    void aUserIsFoundByTheNameItWasMadeWith() {
        User made = plane.users().create("ada", "ada@example.org");

        assertThat(made.name()).isEqualTo("ada");
        assertThat(made.email()).isEqualTo("ada@example.org");
        assertThat(made.createdAt()).isEqualTo(CLOCK.instant());
        assertThat(made.disabledAt()).isNull();
        assertThat(plane.users().find("ada")).contains(made);
        assertThat(plane.users().list()).contains(made);
        assertThat(plane.users().find("nobody")).isEmpty();
    }

    @Test
    void aTakenNameIsRefusedWithASentence() {
        plane.users().create("taken", null);

        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().create("taken", null))
                .withMessage("There is a user named \"taken\" already; choose another name.")
                .matches(e -> e.kind() == DataException.Kind.CONFLICT);
    }

    @Test
    void twoSpellingsOfOneNameAreOneName() {
        User made = plane.users().create("Zoe\u0308", null);

        assertThat(made.name()).isEqualTo("Zo\u00eb");
        assertThat(plane.users().find("Zoe\u0308")).contains(made);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().create("Zo\u00eb", null))
                .matches(e -> e.kind() == DataException.Kind.CONFLICT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a\nb",
                "a\u0000b",
                "a\u007fb",
                "\u202egnp.exe",
                "zero\u200bwidth",
                " leading",
                "trailing ",
                "\ud800",
                "line\u2028separator"
            })
    void namesThatCannotBeSeenAreRefused(String name) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().create(name, null))
                .matches(e -> e.kind() == DataException.Kind.INVALID);
    }

    @Test
    void aNameHasAtMost64CharactersHoweverManyBytesTheyTake() {
        String longest = "\ud83d\ude00".repeat(64);

        assertThat(plane.users().create(longest, null).name()).isEqualTo(longest);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().create("x".repeat(65), null))
                .withMessageContaining("1 to 64 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "a@", "@b", "a b@c", "a@b\nc"})
    void whatIsNoAddressIsRefused(String email) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().create("somebody", email))
                .matches(e -> e.kind() == DataException.Kind.INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'; drop table users; --",
                "\\'; select 1; --",
                "$$; drop table users; $$",
                "=cmd|' /C calc'!A0",
                ":name ?"
            })
    void sqlInANameIsJustAName(String name) {
        plane.users().create(name, null);

        assertThat(plane.users().find(name)).get().extracting(User::name).isEqualTo(name);
    }

    @Test
    void ofManyWhoWantOneNameAtOnceOneGetsIt() throws Exception {
        Callable<Boolean> create = () -> {
            try {
                plane.users().create("wanted", null);
                return true;
            } catch (DataException e) {
                assertThat(e.kind()).isEqualTo(DataException.Kind.CONFLICT);
                return false;
            }
        };
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = threads.invokeAll(
                    IntStream.range(0, 40).mapToObj(i -> create).toList());
            int made = 0;
            for (Future<Boolean> result : results) {
                made += result.get() ? 1 : 0;
            }
            assertThat(made).isEqualTo(1);
        }
    }
}
