package dev.freefleet.bench.micro;

import dev.freefleet.edge.Edge;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Exchange;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The least that an exchange needs around it: a map for a store, a digest, allowances that never run out, an origin that
 * answers at once. What it costs besides the core is the digest.
 */
final class Shell {
    private static final long ANSWER_BYTES = 1_024;

    private final Edge edge;
    private final Map<String, StoredAnswer> store = new HashMap<>();
    private final MessageDigest sha256;

    Shell(Edge edge) {
        this.edge = edge;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Runs an exchange to its answer, and stores what it orders to store. */
    Step.Respond run(RequestHead head, byte[] content) {
        Exchange exchange = edge.open(head);
        Step step = exchange.start();
        while (true) {
            switch (step) {
                case Step.Respond respond -> {
                    keep(respond);
                    exchange.finish(respond.status(), 100, 0, content.length, ANSWER_BYTES);
                    return respond;
                }
                case Step.VerifyKey key -> step = exchange.on(new Event.KeyVerified(key.mac().length > 0));
                case Step.TakeAllowances take -> step = exchange.on(taken(take, head.timeMillis()));
                case Step.ReadBody read -> step = exchange.on(new Event.BodyRead(content));
                case Step.Digest digest -> step = exchange.on(new Event.Digested(sha256.digest(digest.material())));
                case Step.Lookup lookup -> {
                    StoredAnswer found = store.get(lookup.cacheKey());
                    step = exchange.on(new Event.Found(found == null ? List.of() : List.of(found)));
                }
                case Step.Fetch fetch ->
                    step = exchange.on(new Event.OriginAnswered(
                            200,
                            Fields.of("content-type", "application/json", "cache-control", "max-age=3600"),
                            head.timeMillis(),
                            head.timeMillis()));
                default -> throw new IllegalStateException("a hit or a miss has no step " + step);
            }
        }
    }

    private static Event taken(Step.TakeAllowances take, long nowMillis) {
        var results = new ArrayList<Gcra.Taken>(take.allowances().size());
        for (Step.Allowance allowance : take.allowances()) {
            results.add(Gcra.take(0, nowMillis * 1_000_000, allowance.limit(), allowance.cost())
                    .taken());
        }
        return new Event.AllowancesTaken(results);
    }

    private void keep(Step.Respond respond) {
        Step.StoreOrder order = respond.store();
        if (order != null) {
            store.put(order.cacheKey(), order.answerWithoutBody().with(List.of(), () -> ANSWER_BYTES));
        }
    }
}
