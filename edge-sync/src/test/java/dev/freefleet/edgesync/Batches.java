package dev.freefleet.edgesync;

import dev.freefleet.edge.UsageEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An intake that keeps batches in memory, each once. */
final class Batches implements BatchIntake {
    final Map<UUID, List<UsageEvent>> taken = new HashMap<>();
    volatile boolean away;

    @Override
    public synchronized Taken take(UUID id, String edge, List<UsageEvent> events) {
        if (away) {
            throw new Away("PostgreSQL is away", new IllegalStateException());
        }
        return taken.putIfAbsent(id, events) == null ? Taken.WRITTEN : Taken.SEEN;
    }

    synchronized int events() {
        return taken.values().stream().mapToInt(List::size).sum();
    }

    static String content(int events) {
        StringBuilder json = new StringBuilder("{\"edge\":\"cloudflare\",\"events\":[");
        for (int i = 0; i < events; i++) {
            json.append(i == 0 ? "" : ",").append(event(UUID.randomUUID().toString()));
        }
        return json.append("]}").toString();
    }

    static String event(String id) {
        return "{\"id\":\"" + id + "\",\"time_ms\":1764000000000,\"key_id\":42,\"user_id\":1,\"route\":\"query\","
                + "\"method\":\"POST\",\"status\":200,\"cache\":\"hit\",\"latency_us\":900,\"origin_us\":0,\"bytes_in\":40,"
                + "\"bytes_out\":512,\"query_digest\":\"00112233445566778899aabbccddeeff\",\"query_text\":null}";
    }
}
