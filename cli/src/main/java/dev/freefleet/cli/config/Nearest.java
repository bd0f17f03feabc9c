package dev.freefleet.cli.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The known name that a mistyped one probably means. */
final class Nearest {
    private Nearest() {}

    /** The nearest of {@code names} by edits (optimal string alignment), or null where none is near. */
    static @Nullable String of(String typed, Collection<String> names) {
        String wanted = typed.toLowerCase(Locale.ROOT).replace('_', '-');
        String nearest = null;
        int least = Math.max(1, typed.length() / 3) + 1;
        for (String name : names) {
            int edits = edits(wanted, name.toLowerCase(Locale.ROOT).replace('_', '-'));
            if (edits < least) {
                least = edits;
                nearest = name;
            }
        }
        return nearest;
    }

    private static int edits(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(change, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
