import dev.freefleet.backup.Retention;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.format.ContentRef;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/**
 * How many requests the weekly prunes of a store take that the history of a Brain fills, by the rules of a prune: Prunes STORED, as for Fits.
 * Follows each version of each row through packs, which a prune packs anew, most wasteful first, until 5 % are unused. A pack that is packed anew
 * takes two reads and, the week after, a delete; one that is written a write and, the week after, two reads more, before its chunks' old packs go.
 */
class Prunes {
    /** Rows of 8 KB in a pack of 16 MB. */
    private static final int ROWS = 2048;

    private static final double PACK_GB = 0.016;
    private static final double UNUSED = 0.05;
    private static final int YOUNG_DAYS = 2;
    private static final int ALIVE = Integer.MAX_VALUE;
    private static final Instant FIRST = Instant.parse("2027-01-01T02:00:00Z");

    private static final class Pack {
        final int day;
        final int[] row = new int[ROWS];
        final int[] born = new int[ROWS];
        final int[] died = new int[ROWS];
        int rows;
        boolean trash;

        Pack(int day) {
            this.day = day;
        }

        int unused(int[] kept) {
            int n = 0;
            for (int i = 0; i < rows; i++) {
                n += isNeeded(kept, i) ? 0 : 1;
            }
            return n;
        }

        boolean isNeeded(int[] kept, int i) {
            int at = Arrays.binarySearch(kept, born[i]);
            int first = at < 0 ? -at - 1 : at;
            return first < kept.length && kept[first] < died[i];
        }
    }

    private final Random random = new Random(1);
    private final List<Pack> packs = new ArrayList<>();
    private final List<StoredSnapshot> snapshots = new ArrayList<>();
    private final Pack[] packOf;
    private final int[] placeOf;
    private int rows;

    private Prunes(int most) {
        packOf = new Pack[most];
        placeOf = new int[most];
    }

    public static void main(String[] args) {
        double stored = Double.parseDouble(args[0]);
        // Changed and added a day, days, and the GB of the largest Brain whose history then fits.
        double[][] brains = {
            {0.005, 0.005, 45, 8.0}, {0.01, 0, 45, 8.0}, {0.05, 0, 45, 3.6},
            {0.005, 0.005, 365, 2.6}, {0.01, 0, 365, 2.9}, {0.05, 0, 365, 1.0}
        };
        System.out.println("changed, added a day | days | Brain | busiest prune: packed anew, written, deleted, read before | requests");
        for (double[] b : brains) {
            int first = (int) (b[3] * stored / PACK_GB * ROWS);
            int days = (int) b[2];
            int[] busiest = new Prunes(first + (int) (first * b[1] * days) + days).busiest(first, b[0], b[1], days);
            System.out.printf(
                    "%.1f %%, %.1f %% | %d | %.1f GB | %d, %d, %d, %d | %d%n",
                    100 * b[0], 100 * b[1], days, b[3], busiest[0], busiest[1], busiest[2], busiest[3], requests(busiest));
        }
    }

    private static int requests(int[] prune) {
        return 2 * prune[0] + prune[1] + prune[2] + prune[3];
    }

    private int[] busiest(int first, double changed, double added, int days) {
        int[] busiest = new int[4];
        int[] last = busiest;
        for (int day = 0; day < days; day++) {
            write(day, first, day == 0 ? 0 : (int) (first * changed), day == 0 ? first : (int) (first * added));
            Instant now = FIRST.plus(Duration.ofDays(day));
            Snapshot s = new Snapshot(
                    "%08x".formatted(day), now, "host", "brain", Snapshot.Kind.FOLDER, List.of(), 1, 1, 1, 0, ContentRef.EMPTY, ContentRef.EMPTY);
            snapshots.add(new StoredSnapshot(s, "snapshots/" + day, now));
            if (now.atZone(ZoneOffset.UTC).getDayOfWeek() == DayOfWeek.MONDAY) {
                snapshots.removeAll(Retention.DEFAULT.toForget(snapshots, now.plusSeconds(60)));
                last = prune(day, 2 * last[1]);
                busiest = requests(last) > requests(busiest) ? last : busiest;
            }
        }
        return busiest;
    }

    private void write(int day, int first, int changed, int added) {
        Pack open = new Pack(day);
        BitSet done = new BitSet();
        for (int i = 0; i < changed; i++) {
            int row = random.nextInt(rows);
            if (!done.get(row)) {
                done.set(row);
                packOf[row].died[placeOf[row]] = day;
                open = put(open, day, row, day, ALIVE);
            }
        }
        for (int i = 0; i < added; i++) {
            open = put(open, day, rows++, day, ALIVE);
        }
    }

    private Pack put(Pack open, int day, int row, int born, int died) {
        Pack pack = open.rows == ROWS ? new Pack(day) : open;
        if (pack.rows == 0) {
            packs.add(pack);
        }
        int i = pack.rows++;
        pack.row[i] = row;
        pack.born[i] = born;
        pack.died[i] = died;
        if (died == ALIVE) {
            packOf[row] = pack;
            placeOf[row] = i;
        }
        return pack;
    }

    /** Returns how many packs are packed anew, written, and deleted, and how many reads come before the deletions. */
    private int[] prune(int day, int readsBefore) {
        int[] kept = snapshots.stream()
                .mapToInt(s -> Integer.parseInt(s.snapshot().id(), 16))
                .sorted()
                .toArray();
        List<Pack> old = packs.stream().filter(p -> p.trash).toList();
        packs.removeAll(new HashSet<>(old));
        List<Pack> wasteful = new ArrayList<>();
        List<Pack> small = new ArrayList<>();
        long unused = 0;
        long total = 0;
        for (Pack p : packs) {
            int waste = p.unused(kept);
            if (p.day > day - YOUNG_DAYS) {
                continue;
            }
            if (waste == p.rows) {
                p.trash = true;
                continue;
            }
            unused += waste;
            total += p.rows;
            if (p.rows < ROWS / 4) {
                small.add(p);
            } else if (waste > 0) {
                wasteful.add(p);
            }
        }
        wasteful.sort(Comparator.comparingDouble(p -> -(double) p.unused(kept) / p.rows));
        List<Pack> anew = new ArrayList<>();
        for (Pack p : wasteful) {
            if (unused <= UNUSED * total) {
                break;
            }
            unused -= p.unused(kept);
            anew.add(p);
        }
        if (small.size() >= 8) {
            anew.addAll(small);
        }
        int before = packs.size();
        Pack open = new Pack(day);
        for (Pack p : anew) {
            p.trash = true;
            for (int i = 0; i < p.rows; i++) {
                if (p.isNeeded(kept, i)) {
                    open = put(open, day, p.row[i], p.born[i], p.died[i]);
                }
            }
        }
        return new int[] {anew.size(), packs.size() - before, old.size(), readsBefore};
    }
}
