package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.edge.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {
    private static final DataConfig.External DATABASE = TestServer.newDatabase();
    private static final TestClock CLOCK = new TestClock("2026-11-23T10:15:30.123456Z");
    private static DataPlane plane;

    @BeforeAll
    static void open() {
        plane = DataPlane.open(DataConfig.of(DATABASE), CLOCK);
    }

    @AfterAll
    static void close() {
        plane.close();
    }

    private static List<AuditEntry> of(User user) {
        return plane.audit().list(new AuditLog.Filter(user.id(), null, null, 0), 100);
    }

    @Test
    void everyActIsNotedWithWhoDidItAndWhen() {
        Users users = plane.users().as("cli:ada");
        Keys keys = plane.keys().as("cli:ada");
        User user = users.create("everybody", "every@example.org");
        ApiKey key = keys.create(NewKey.of(user.id(), "laptop"));
        keys.change(
                key.id(),
                k -> new NewKey(
                        k.userId(), "renamed", "gold", Set.of("query"), new RateLimit(10, 1_000), List.of(), null));
        ApiKey next = keys.rotate(key.id(), Duration.ZERO, null, 1);
        keys.revoke(next.id());
        keys.revoke(next.id());
        keys.delete(next.id(), false);
        users.disable("everybody", true);
        users.disable("everybody", true);
        users.disable("everybody", false);
        users.delete("everybody", true);

        List<AuditEntry> entries = of(user).reversed();
        assertThat(entries)
                .extracting(AuditEntry::action)
                .containsExactly(
                        "user.create",
                        "key.create",
                        "key.change",
                        "key.rotate",
                        "key.revoke",
                        "key.delete",
                        "user.disable",
                        "user.enable",
                        "user.delete");
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.actor()).isEqualTo("cli:ada");
            assertThat(entry.time()).isEqualTo(CLOCK.instant());
        });
        assertThat(entries.get(2).details())
                .containsEntry("plan", "default -> gold")
                .containsEntry("scopes", "all -> query")
                .containsEntry("name", "changed");
        assertThat(entries.get(3).details()).containsEntry("new_key", Long.toString(next.id()));
        assertThat(entries.toString())
                .doesNotContain("every@example.org")
                .doesNotContain("laptop")
                .doesNotContain("renamed");
    }

    @Test
    void anActThatIsRefusedLeavesNoEntry() {
        User user = plane.users().create("refused", null);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().create("refused", null));
        plane.keys().create(NewKey.of(user.id(), "one"));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.keys().create(NewKey.of(user.id(), "one")));
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().delete("refused", false))
                .withMessageContaining("has 1 keys that are accepted")
                .matches(e -> e.kind() == DataException.Kind.CONFLICT);

        assertThat(of(user)).extracting(AuditEntry::action).containsExactly("key.create", "user.create");
    }

    /** What the log cannot take, the act does not do either: both are one transaction. */
    @Test
    void anActThatCannotBeNotedIsNotDone() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.users().as("x".repeat(65)).create("unnoted", null));

        assertThat(plane.users().find("unnoted")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_log set actor = 'nobody'",
                "delete from audit_log",
                "truncate audit_log",
                "update audit_log set actor = 'nobody' where false"
            })
    void theLogOnlyGrows(String statement) {
        plane.audit().record("test", "test.act", Map.of("it's", "\"quoted\" ' \\ {}"));

        assertThatThrownBy(() -> TestServer.execute(TestServer.login(DATABASE), statement))
                .hasMessageContaining("audit_log can only be added to");
        AuditEntry entry = plane.audit()
                .list(new AuditLog.Filter(null, null, "test.", 0), 1)
                .getFirst();
        assertThat(entry.details()).containsExactly(Map.entry("it's", "\"quoted\" ' \\ {}"));
    }

    @Test
    void itIsReadInPagesNewestFirst() {
        User user = plane.users().create("paged", null);
        for (int i = 0; i < 5; i++) {
            plane.users().disable("paged", i % 2 == 0);
        }
        List<AuditEntry> first = plane.audit().list(new AuditLog.Filter(user.id(), null, null, 0), 4);
        List<AuditEntry> rest = plane.audit()
                .list(new AuditLog.Filter(user.id(), null, null, first.getLast().id()), 4);

        assertThat(first).hasSize(4).allSatisfy(e -> assertThat(e.userName()).isEqualTo("paged"));
        assertThat(rest).extracting(AuditEntry::action).containsExactly("user.disable", "user.create");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> plane.audit().list(AuditLog.Filter.ALL, 0));
    }
}
