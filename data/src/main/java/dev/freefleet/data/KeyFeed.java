package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells those who asked whenever the keys' states have changed, whoever changed them: a thread with a connection of
 * its own waits for the notifications that the tables' triggers send (PostgreSQL manual, NOTIFY), reads the states
 * again, and passes them on if they differ. It reads them every {@code reread} too, and after each reconnection, so that
 * a lost notification delays a change and never loses it.
 */
final class KeyFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFeed.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final Login login;
    private final Clock clock;
    private final Duration reread;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Object lock = new Object();
    private final List<Consumer<KeyBook>> listeners = new ArrayList<>();
    private KeyBook last;
    private volatile @Nullable Connection connection;

    KeyFeed(Login login, Clock clock, Duration reread, KeyBook first) {
        this.login = requireNonNull(login, "login");
        this.clock = requireNonNull(clock, "clock");
        this.reread = requireNonNull(reread, "reread");
        last = requireNonNull(first, "first");
        thread = Thread.ofPlatform().daemon().name("key-feed").start(this::run);
    }

    /** Passes the states as they are known now, in this thread, and every change from then on, in the feed's. */
    AutoCloseable subscribe(Consumer<KeyBook> listener) {
        synchronized (lock) {
            listener.accept(last);
            listeners.add(listener);
        }
        return () -> {
            synchronized (lock) {
                listeners.remove(listener);
            }
        };
    }

    @Override
    public void close() {
        closed.countDown();
        @Nullable Connection open = connection;
        if (open != null) {
            // Ends the wait for notifications at once, where close() would wait for it.
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The key feed's connection was gone already", e);
            }
        }
        try {
            thread.join(LONGEST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void run() {
        long wait = 100;
        while (!isClosed()) {
            try (Connection open = login.connect()) {
                connection = open;
                try (Statement listen = open.createStatement()) {
                    listen.execute("listen fleet_keys");
                }
                PGConnection notified = open.unwrap(PGConnection.class);
                while (!isClosed()) {
                    publish(read(open));
                    wait = 100;
                    notified.getNotifications((int) reread.toMillis());
                }
            } catch (SQLException e) {
                if (!isClosed()) {
                    LOG.warn(
                            "The key feed lost the database ({}); it tries again in {} ms", SqlFailures.state(e), wait);
                    pause(wait);
                    wait = Math.min(2 * wait, LONGEST_WAIT.toMillis());
                }
            }
        }
    }

    /** The states last: of an imported key that is new in between, there is a state but no digest yet. */
    private KeyBook read(Connection open) throws SQLException {
        Map<String, KeyToken> imported = new HashMap<>();
        try (Statement select = open.createStatement();
                ResultSet rows = select.executeQuery(KeyRow.IMPORTED)) {
            while (rows.next()) {
                @Nullable KeyToken token = KeyRow.imported(rows);
                if (token != null) {
                    imported.put(rows.getString("digest"), token);
                }
            }
        }
        List<KeyState> states = new ArrayList<>();
        try (PreparedStatement select = open.prepareStatement(KeyRow.STATES)) {
            select.setObject(1, Database.utc(clock.instant()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    states.add(KeyRow.state(rows));
                }
            }
        }
        return new KeyBook(states, imported);
    }

    private void publish(KeyBook book) {
        synchronized (lock) {
            if (book.equals(last)) {
                return;
            }
            last = book;
            for (Consumer<KeyBook> listener : listeners) {
                try {
                    listener.accept(book);
                } catch (RuntimeException e) {
                    LOG.error("A listener to the keys' states failed; the others are told all the same", e);
                }
            }
        }
    }

    private void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
