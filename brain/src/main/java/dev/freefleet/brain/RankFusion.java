package dev.freefleet.brain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reciprocal-rank fusion of ranked lists (Cormack, Clarke, Buettcher, SIGIR 2009). */
final class RankFusion {

    /** The paper's constant: how slowly a rank loses worth. */
    static final int K = 60;

    private RankFusion() {}

    /** For each item the sum of 1 / (K + rank) over the lists that have it, by its first, best rank from 1. */
    static <T> Map<T, Double> fuse(List<List<T>> rankings) {
        Map<T, Double> scores = new LinkedHashMap<>();
        for (List<T> ranking : rankings) {
            int rank = 0;
            for (T item : ranking.stream().distinct().toList()) {
                rank++;
                scores.merge(item, 1.0 / (K + rank), Double::sum);
            }
        }
        return scores;
    }
}
