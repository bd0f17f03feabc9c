package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each role can do its work and nothing else, and the script is all that an administrator needs. */
class RolesTest {
    private static final String PASSWORD = "a password";

    /** A database that an administrator made and ran the fleet's script in; nobody of the fleet is a superuser. */
    static DataConfig.External separate(Login superuser, String name) {
        DataConfig.Roles roles = new DataConfig.Roles(
                new DataConfig.Credentials(name + "-app", PASSWORD),
                new DataConfig.Credentials(name + "-migrate", PASSWORD),
                new DataConfig.Credentials(name + "-ingest", PASSWORD),
                new DataConfig.Credentials(name + "-read", PASSWORD));
        String base = superuser.url().substring(0, superuser.url().lastIndexOf('/'));
        DataConfig.External external = new DataConfig.External(base + "/" + name + "?currentSchema=fleet", roles);
        TestServer.execute(
                superuser,
                "create role " + name + "_admin login createrole password '" + PASSWORD + "'",
                "create database " + name + " owner " + name + "_admin");
        TestServer.execute(new Login(base + "/" + name, name + "_admin", PASSWORD), Grants.script(external));
        for (DataConfig.Credentials one : List.of(roles.main(), roles.migrate(), roles.ingest(), roles.read())) {
            TestServer.execute(superuser, "alter role \"" + one.user() + "\" password '" + PASSWORD + "'");
        }
        return external;
    }

    @Test
    void eachRoleDoesItsWorkAndNoOther() throws Exception {
        eachRoleDoesItsWorkAndNoOther(TestServer.superuser(), separate(TestServer.superuser(), "separate"));
    }

    static void eachRoleDoesItsWorkAndNoOther(Login superuser, DataConfig.External external) throws Exception {
        Logins logins = Logins.of(external);
        Instant now = Instant.now();
        for (int start = 0; start < 2; start++) {
            try (DataPlane plane = DataPlane.open(DataConfig.of(external), Clock.systemUTC())) {
                User user = plane.users().create("user " + start, null);
                ApiKey key = plane.keys().create(NewKey.of(user.id(), "key"));
                plane.keys().rotate(key.id(), Duration.ZERO, null, 1);
                byte[] digest = new byte[32];
                digest[0] = (byte) start;
                plane.keys()
                        .importKeys(
                                List.of(new KeyImport("user " + start, digest, NewKey.of(1, "imported"))),
                                false,
                                false);
                try (UsageIngest ingest = plane.ingest(IngestConfig.DEFAULTS)) {
                    ingest.offer(TestEvents.at(now));
                    // A day that has no partition yet.
                    ingest.offer(TestEvents.at(now.minus(Duration.ofDays(30 + start))));
                    eventually("they are written", () -> ingest.written() == 2);
                    assertThat(ingest.rejected()).isZero();
                }
                try (EdgeUsage edge = plane.edgeUsage(QuestionPolicy.ALL)) {
                    assertThat(edge.take(
                                    UUID.randomUUID(),
                                    "cloudflare",
                                    List.of(TestEvents.at(now.minus(Duration.ofDays(50))))))
                            .isEqualTo(EdgeUsage.Outcome.WRITTEN);
                }
                assertThat(plane.usage().count(UsageFilter.between(Instant.EPOCH, Instant.MAX)))
                        .isEqualTo(3L + 3L * start);
                if (start == 1) {
                    UpkeepInUse.works(plane, Clock.systemUTC());
                }
                plane.forgetting().forget("user " + start, "test", false);
                assertThat(plane.audit().list(AuditLog.Filter.ALL, 10)).isNotEmpty();
            }
        }
        assertThat(TestServer.strings(logins.owner(), "select count(*)::text from usage_logs_default"))
                .containsExactly("0");
        refused(logins.main(), "update audit_log set actor = 'x'", "delete from audit_log", "drop table users");
        refused(logins.main(), "create table mine ()", "truncate usage_logs", "delete from fleet_schema_history");
        refused(
                logins.ingest(),
                "select * from usage_logs",
                "delete from usage_logs",
                "update usage_logs set node = ''");
        refused(logins.ingest(), "select * from users", "select digest from api_keys", "delete from api_keys");
        refused(
                logins.ingest(),
                "insert into audit_log (time, actor, action) values (now(), 'a', 'b')",
                "create table t ()");
        refused(logins.read(), "select digest from api_keys", "select email from users", "delete from usage_logs");
        refused(logins.read(), "insert into users (name, created_at) values ('x', now())", "create table t ()");
        refused(logins.owner(), "create role another", "create database another");
        assertThat(TestServer.strings(logins.read(), "select count(name)::text from users"))
                .hasSize(1);
        assertThat(TestServer.strings(
                        superuser,
                        "select rolname from pg_roles where rolsuper and rolname like '"
                                + logins.main().user().replace("-app", "") + "%'"))
                .isEmpty();
    }

    private static void refused(Login login, String... statements) {
        for (String statement : statements) {
            assertThatThrownBy(() -> TestServer.execute(login, statement))
                    .as(login.user() + ": " + statement)
                    .hasMessageFindingMatch("permission denied|must be owner|can only be added to");
        }
    }

    @Test
    void theScriptQuotesNamesAndHoldsNoPassword() {
        DataConfig.Roles roles = new DataConfig.Roles(
                new DataConfig.Credentials("app\"; drop database fleet; --", "s3cret"),
                new DataConfig.Credentials("migrate", "s3cret"),
                new DataConfig.Credentials("migrate", "s3cret"),
                new DataConfig.Credentials("read", "s3cret"));
        String script = Grants.script(new DataConfig.External("jdbc:postgresql://db.example/fleet", roles));

        assertThat(script)
                .contains("create role \"app\"\"; drop database fleet; --\" login")
                .contains("grant usage, create on schema public to \"migrate\"")
                .doesNotContain("s3cret")
                .containsOnlyOnce("create role \"migrate\"");
    }
}
