package dev.freefleet.backup.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.Fixture;
import dev.freefleet.backup.store.FaultProxy.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts of objects from a store whose answers are cut, short, late, wrong or refused: the bytes, or a failure that is the store's. */
class S3RangeFaultsTest {
    private static final String NAME = "packs/a";
    private static final byte[] OBJECT = Fixture.random(1, 300_000);
    private static final int FROM = 1_000;
    private static final int LENGTH = 200_000;

    @SuppressWarnings("NullAway.Init")
    private static S3Server server;

    @SuppressWarnings("NullAway.Init")
    private FaultProxy proxy;

    @SuppressWarnings("NullAway.Init")
    private S3Store store;

    @BeforeAll
    static void start() {
        server = new S3Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws IOException {
        proxy = new FaultProxy(server.port());
        store = new S3Store(settings(server.newBucket(proxy.port()), Duration.ofSeconds(5)));
        store.putIfAbsent(NAME, OBJECT);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        proxy.close();
    }

    private static S3Settings settings(S3Settings s, Duration timeout) {
        return new S3Settings(
                s.endpoint(),
                s.region(),
                s.bucket(),
                s.prefix(),
                s.accessKey(),
                s.secretKey(),
                true,
                true,
                3,
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                timeout,
                s.multipartThreshold(),
                1_000);
    }

    /** Reads a part both ways; what stands behind it in the array must stay. */
    private byte[] part(S3Store from) {
        byte[] into = new byte[LENGTH + 10];
        Arrays.fill(into, (byte) 7);
        from.get(NAME, FROM, into, LENGTH);
        assertThat(Arrays.copyOfRange(into, LENGTH, LENGTH + 10)).containsOnly(7);
        assertThat(from.get(NAME, FROM, LENGTH)).isEqualTo(Arrays.copyOf(into, LENGTH));
        return Arrays.copyOf(into, LENGTH);
    }

    private static byte[] expected() {
        return Arrays.copyOfRange(OBJECT, FROM, FROM + LENGTH);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "ERROR",
                "SLOW_DOWN",
                "CUT_BEFORE",
                "CUT_ANSWER",
                "END_ANSWER",
                "SHORT_PART",
                "WHOLE_FOR_PART",
                "LOSE_ANSWER"
            })
    void aFaultThatPassesIsPassedOver(Fault fault) {
        AtomicInteger asked = new AtomicInteger();
        proxy.faults(head -> asked.incrementAndGet() % 2 == 1 ? fault : Fault.NONE);
        assertThat(part(store)).isEqualTo(expected());
        assertThat(asked.get()).isGreaterThanOrEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(names = {"ERROR", "SLOW_DOWN", "CUT_ANSWER", "END_ANSWER", "SHORT_PART", "WHOLE_FOR_PART"})
    void aFaultThatStaysIsTheStoresAndNotDamage(Fault fault) {
        proxy.faults(head -> fault);
        for (org.assertj.core.api.ThrowableAssert.ThrowingCallable get :
                java.util.List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> store.get(NAME, FROM, new byte[LENGTH], LENGTH), () -> store.get(NAME, FROM, LENGTH))) {
            assertThatThrownBy(get)
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE))
                    .hasMessageContaining("3 attempts");
        }
    }

    @Test
    void anAnswerThatComesTooSlowlyIsGivenUpAndAskedForAgain() {
        try (S3Store hasty = new S3Store(settings(S3Server.settings(proxy.port(), bucket()), Duration.ofMillis(150)))) {
            byte[] into = new byte[LENGTH];
            proxy.faults(head -> Fault.TRICKLE);
            assertThatThrownBy(() -> hasty.get(NAME, FROM, into, LENGTH))
                    .isInstanceOfSatisfying(
                            BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORE_UNAVAILABLE));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        proxy.faults(head -> Fault.SLOW);
        assertThat(part(store)).isEqualTo(expected());
    }

    private String bucket() {
        String told = store.describe().substring("bucket ".length());
        return told.substring(0, told.indexOf(' '));
    }

    /** RFC 9110 lets a server answer so. */
    @Test
    void theWholeForItsBeginningIsTaken() {
        proxy.faults(head -> Fault.WHOLE_FOR_PART);
        assertThat(store.get(NAME, 0, LENGTH)).isEqualTo(Arrays.copyOf(OBJECT, LENGTH));
        assertThat(store.get(NAME, 0, OBJECT.length)).isEqualTo(OBJECT);
        assertThatThrownBy(() -> store.get(NAME, 0, OBJECT.length + 1))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
    }

    @Test
    void aPartBeyondTheEndIsDamageAndIsAskedForOnce() {
        long before = store.requests();
        assertThatThrownBy(() -> store.get(NAME, OBJECT.length - 10, new byte[20], 20))
                .isInstanceOfSatisfying(
                        BackupException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
        assertThat(store.requests() - before).isEqualTo(1);
    }

    @Test
    void aWholeObjectThatEndsEarlyIsAskedForAgain() {
        AtomicInteger asked = new AtomicInteger();
        proxy.faults(head -> asked.incrementAndGet() == 1 ? Fault.END_ANSWER : Fault.NONE);
        assertThat(store.get(NAME)).isEqualTo(OBJECT);
        assertThat(asked.get()).isEqualTo(2);
    }
}
