package dev.freefleet.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.backup.format.ContentRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Instant DAY0 = Instant.parse("2026-01-01T02:00:00Z");

    private static StoredSnapshot snapshot(String name, Instant claimed, Instant stored) {
        Snapshot s = new Snapshot(
                "00",
                claimed,
                "host",
                "brain",
                Snapshot.Kind.OPAQUE,
                List.of(),
                1,
                1,
                1,
                0,
                ContentRef.EMPTY,
                ContentRef.EMPTY);
        return new StoredSnapshot(s, name, stored);
    }

    private static StoredSnapshot honest(int day) {
        Instant at = DAY0.plus(Duration.ofDays(day));
        return snapshot("day-%05d".formatted(day), at, at.plusSeconds(600));
    }

    private static List<StoredSnapshot> days(int n) {
        List<StoredSnapshot> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(honest(i));
        }
        return all;
    }

    private static List<StoredSnapshot> kept(Retention r, List<StoredSnapshot> all, Instant now) {
        List<StoredSnapshot> left = new ArrayList<>(all);
        left.removeAll(r.toForget(all, now));
        return left;
    }

    @Test
    void thirtyDaysEightWeeksTwelveMonthsOfAYearAndAHalf() {
        List<StoredSnapshot> all = days(540);
        List<StoredSnapshot> kept = kept(Retention.DEFAULT, all, DAY0.plus(Duration.ofDays(540)));
        // 30 days cover 5 Sundays and the last day of one month, besides the day on which both may fall.
        assertThat(kept.size()).isBetween(30 + 3 + 10, 30 + 8 + 12);
        assertThat(kept).containsAll(all.subList(510, 540));
        assertThat(kept.getFirst().snapshot().time())
                .isBetween(DAY0.plus(Duration.ofDays(180)), DAY0.plus(Duration.ofDays(240)));
    }

    @Test
    void daysWithoutABackupDoNotCount() {
        List<StoredSnapshot> all = days(40);
        Instant yearsLater = DAY0.plus(Duration.ofDays(2000));
        assertThat(kept(new Retention(30, 0, 0, Duration.ZERO), all, yearsLater))
                .hasSize(30);
    }

    @Test
    void forgedTimesOfTheFuturePushNothingOut() {
        List<StoredSnapshot> all = days(60);
        Instant now = DAY0.plus(Duration.ofDays(60));
        Set<StoredSnapshot> good = new HashSet<>(kept(Retention.DEFAULT, all, now));
        List<StoredSnapshot> attacked = new ArrayList<>(all);
        for (int i = 0; i < 2000; i++) {
            attacked.add(snapshot("forged-" + i, now.plus(Duration.ofDays(i)), now.plusSeconds(i)));
        }
        // Two thousand forged snapshots on one real day cost one of the thirty days, as one honest snapshot would.
        Set<StoredSnapshot> left = new HashSet<>(kept(Retention.DEFAULT, attacked, now.plusSeconds(3000)));
        good.removeAll(left);
        assertThat(good).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void forgedTimesOfThePastPushNothingOut() {
        List<StoredSnapshot> all = days(60);
        Instant now = DAY0.plus(Duration.ofDays(60));
        Set<StoredSnapshot> good = new HashSet<>(kept(Retention.DEFAULT, all, now));
        List<StoredSnapshot> attacked = new ArrayList<>(all);
        for (int i = 0; i < 60; i++) {
            Instant lateThatDay = DAY0.plus(Duration.ofDays(i)).plus(Duration.ofHours(20));
            attacked.add(snapshot("forged-" + i, lateThatDay, now.plusSeconds(i)));
        }
        Set<StoredSnapshot> left = new HashSet<>(kept(Retention.DEFAULT, attacked, now.plusSeconds(3000)));
        good.removeAll(left);
        assertThat(good).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void whatWasCopiedOnOneDayKeepsItsHistory() {
        List<StoredSnapshot> all = new ArrayList<>();
        Instant now = DAY0.plus(Duration.ofDays(100));
        for (int i = 0; i < 100; i++) {
            all.add(snapshot("copy-%03d".formatted(i), DAY0.plus(Duration.ofDays(i)), now.plusSeconds(i)));
        }
        List<StoredSnapshot> kept = kept(Retention.DEFAULT, all, now.plus(Duration.ofDays(3)));
        assertThat(kept).hasSizeGreaterThan(34).containsAll(all.subList(70, 100));
    }

    @Test
    void nothingGoesThatTheStoreHasHadForLessThanTheGrace() {
        List<StoredSnapshot> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(snapshot("run-" + i, DAY0.plusSeconds(i * 60L), DAY0.plusSeconds(i * 60L)));
        }
        assertThat(Retention.DEFAULT.toForget(all, DAY0.plus(Duration.ofHours(20))))
                .isEmpty();
        assertThat(Retention.DEFAULT.toForget(all, DAY0.plus(Duration.ofHours(30))))
                .hasSize(19);
    }

    @Test
    void aRetentionThatKeepsNothingIsRefused() {
        assertThatThrownBy(() -> new Retention(0, 0, 0, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void theNewestOfEachSeriesStaysWhateverTheTimesSay(@ForAll long seed, @ForAll @IntRange(min = 1, max = 80) int n) {
        java.util.Random random = new java.util.Random(seed);
        List<StoredSnapshot> all = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            all.add(snapshot(
                    "s" + i,
                    DAY0.plusSeconds(random.nextInt(100_000_000)),
                    DAY0.plusSeconds(random.nextInt(100_000_000))));
        }
        Instant now = DAY0.plusSeconds(200_000_000);
        Retention r = new Retention(random.nextInt(5), random.nextInt(5), 1 + random.nextInt(5), Duration.ZERO);
        List<StoredSnapshot> left = kept(r, all, now);
        assertThat(left)
                .contains(all.stream()
                        .max(java.util.Comparator.comparing(StoredSnapshot::stored)
                                .thenComparing(StoredSnapshot::object))
                        .orElseThrow());
        assertThat(r.toForget(left, now)).as("a second time changes nothing").isEmpty();
    }
}
