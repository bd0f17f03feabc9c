import dev.freefleet.backup.Retention;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.format.ContentRef;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a Brain's history fits into 10 GB with the usual retention: Fits STORED. STORED is what a row takes in the repository as a part of
 * what it takes in the table, as measured (0.89). Counts the versions of rows that snapshots hold which are kept, or were until two weeks ago: a
 * prune comes once a week, and deletes only the next time what it has set aside. Of the rest 5 % may be unused.
 */
class Fits {
    private static final double CAP = 10 * 1.073741824;
    private static final double UNUSED = 1.05;
    private static final Instant FIRST = Instant.parse("2027-01-01T02:00:00Z");

    public static void main(String[] args) {
        double stored = Double.parseDouble(args[0]);
        double[][] kinds = {{0.005, 0.005}, {0.01, 0}, {0.05, 0}};
        int[] days = {45, 365};
        System.out.println("changed, added a day | after days | snapshots | store by Brain of 1, 2, 4, 6, 8 GB, in GB | largest Brain that fits");
        for (double[] kind : kinds) {
            for (int day : days) {
                List<Integer> kept = kept(day);
                double copies = copies(kept, kind[0], kind[1]) * stored * UNUSED;
                StringBuilder line = new StringBuilder();
                for (int gb : new int[] {1, 2, 4, 6, 8}) {
                    line.append("%6.1f".formatted(copies * gb));
                }
                System.out.printf(
                        "%.1f %%, %.1f %% | %d | %d | %s | %.1f GB, %.1f GB by then%n",
                        100 * kind[0], 100 * kind[1], day, kept.size(), line, CAP / copies, CAP / copies * (1 + kind[1] * day));
            }
        }
    }

    private static final int LINGERS = 14;

    /** The days whose snapshots are kept on a day, or whose rows are still there. */
    private static List<Integer> kept(int days) {
        List<StoredSnapshot> all = new ArrayList<>();
        List<Integer> there = new ArrayList<>();
        for (int i = 0; i < days; i++) {
            Instant at = FIRST.plus(Duration.ofDays(i));
            Snapshot s = new Snapshot(
                    "%08x".formatted(i), at, "host", "brain", Snapshot.Kind.FOLDER, List.of(), 1, 1, 1, 0, ContentRef.EMPTY, ContentRef.EMPTY);
            all.add(new StoredSnapshot(s, "snapshots/" + i, at));
            if (at.atZone(ZoneOffset.UTC).getDayOfWeek() == DayOfWeek.MONDAY) {
                List<StoredSnapshot> old = Retention.DEFAULT.toForget(all, at.plusSeconds(60));
                if (days - i <= LINGERS) {
                    old.forEach(gone -> there.add(day(gone)));
                }
                all.removeAll(old);
            }
        }
        all.forEach(one -> there.add(day(one)));
        return there.stream().sorted().toList();
    }

    private static int day(StoredSnapshot s) {
        return Integer.parseInt(s.snapshot().id(), 16);
    }

    /** Rows that are stored, as a multiple of those of the first day: the newest day's, and of each earlier one what changed until the next. */
    private static double copies(List<Integer> kept, double changed, double added) {
        double rows = 0;
        for (int k = 0; k < kept.size(); k++) {
            double table = 1 + added * kept.get(k);
            boolean newest = k + 1 == kept.size();
            rows += newest ? table : table * (1 - Math.pow(1 - changed / table, kept.get(k + 1) - kept.get(k)));
        }
        return rows;
    }
}
