package dev.freefleet.worker;

import java.util.Map;
import java.util.TreeMap;

/** What this isolate did since it began: what {@code /metrics} tells. */
final class Counters {
    long requests;
    long faults;
    long cacheReads;
    long cacheWrites;
    long cacheDeletes;
    long kvReads;
    long kvWrites;
    long originFetches;
    long originFailures;
    long syncs;
    long syncFailures;
    long usagePosts;
    long offers;
    long usageDelivered;
    long usageParked;
    long usageRefused;
    long usageDropped;
    final Map<String, Long> finished = new TreeMap<>();

    /** An exchange is over. Routes are the policy's, so that the labels are bounded. */
    void finished(String route, int status, String cache) {
        finished.merge(
                "route=\"" + route + "\",status=\"" + status / 100 + "xx\",cache=\"" + cache + '"', 1L, Long::sum);
    }
}
