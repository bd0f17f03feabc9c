package dev.freefleet.data;

import static dev.freefleet.data.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.KeyState;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeyFeedTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final KeyBook NOTHING = new KeyBook(List.of(), Map.of());

    private final DataConfig.External database = TestServer.newDatabase();
    private final BlockingQueue<List<KeyState>> told = new LinkedBlockingQueue<>();

    @Test
    void aListenerIsToldTheStatesAtOnce() throws Exception {
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
            User owner = plane.users().create("owner", null);
            long id = plane.keys().create(NewKey.of(owner.id(), "k")).id();
            plane.keys().revoke(id);
            try (DataPlane later = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
                later.onKeysChanged(book -> told.add(book.states()));

                assertThat(told.poll()).extracting(KeyState::keyId).containsExactly(id);
            }
        }
    }

    @Test
    void aRevocationReachesAnotherFleetOnTheDatabase() throws Exception {
        try (DataPlane gateway = DataPlane.open(DataConfig.of(database), Clock.systemUTC());
                DataPlane admin = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
            gateway.onKeysChanged(book -> told.add(book.states()));
            assertThat(told.take()).isEmpty();
            long id = admin.keys()
                    .create(NewKey.of(admin.users().create("owner", null).id(), "k"))
                    .id();

            admin.keys().revoke(id);

            assertThat(told.take()).containsExactly(new KeyState(id, true, null, List.of(), java.util.Set.of()));
        }
    }

    @Test
    void aListenerThatThrowsDoesNotKeepTheOthersFromBeingTold() throws Exception {
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
            plane.onKeysChanged(book -> {
                if (!book.states().isEmpty()) {
                    throw new IllegalStateException("on purpose");
                }
            });
            plane.onKeysChanged(book -> told.add(book.states()));
            assertThat(told.take()).isEmpty();

            revokeOne(plane);

            assertThat(told.take()).hasSize(1);
        }
    }

    @Test
    void aListenerThatHasLeftIsToldNothing() throws Exception {
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
            BlockingQueue<List<KeyState>> left = new LinkedBlockingQueue<>();
            plane.onKeysChanged(book -> left.add(book.states())).close();
            plane.onKeysChanged(book -> told.add(book.states()));
            told.take();
            left.clear();

            revokeOne(plane);

            told.take();
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aChangeWhileTheConnectionWasCutIsToldAfterwards() throws Exception {
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC());
                KeyFeed feed = new KeyFeed(TestServer.login(database), Clock.systemUTC(), NEVER, NOTHING)) {
            feed.subscribe(book -> told.add(book.states()));
            told.take();
            revokeOne(plane);
            assertThat(told.take()).hasSize(1);
            TestServer.execute(
                    TestServer.superuser(),
                    "alter role " + database.user() + " nologin",
                    "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + database.user() + "'");
            TestServer.execute(
                    superuserOf(database),
                    "insert into api_keys (id, user_id, name, plan, minted_plan, created_at, revoked_at)"
                            + " select 77, id, 'direct', 'default', 'default', now(), now() from users");
            TestServer.execute(TestServer.superuser(), "alter role " + database.user() + " login");

            assertThat(told.take()).extracting(KeyState::keyId).contains(77L);
        }
    }

    @Test
    void aLostNotificationIsMadeUpForByReadingAgain() throws Exception {
        try (DataPlane plane = DataPlane.open(DataConfig.of(database), Clock.systemUTC())) {
            TestServer.execute(TestServer.login(database), "alter table api_keys disable trigger api_keys_changed");
            try (KeyFeed feed =
                    new KeyFeed(TestServer.login(database), Clock.systemUTC(), Duration.ofMillis(50), NOTHING)) {
                feed.subscribe(book -> told.add(book.states()));
                told.take();

                revokeOne(plane);

                assertThat(told.take()).hasSize(1);
            }
        }
    }

    @Test
    void closingEndsTheWaitForNotifications() throws Exception {
        DataPlane.open(DataConfig.of(database), Clock.systemUTC()).close();
        KeyFeed feed = new KeyFeed(TestServer.login(database), Clock.systemUTC(), NEVER, NOTHING);
        eventually(
                "the feed listens",
                () -> TestServer.strings(
                                        TestServer.superuser(),
                                        "select 'x' from pg_stat_activity where query ilike '%api_keys%' and state = 'idle' and usename = '"
                                                + database.user() + "'")
                                .size()
                        == 1);
        Thread closing = Thread.ofVirtual().start(feed::close);

        assertThat(closing.join(Duration.ofSeconds(4))).isTrue();
        assertThat(told.poll(1, TimeUnit.MILLISECONDS)).isNull();
    }

    private static Login superuserOf(DataConfig.External database) {
        return new Login(database.url(), "postgres", TestServer.superuser().password());
    }

    private static void revokeOne(DataPlane plane) {
        User owner = plane.users().create("owner", null);
        plane.keys().revoke(plane.keys().create(NewKey.of(owner.id(), "k")).id());
    }
}
