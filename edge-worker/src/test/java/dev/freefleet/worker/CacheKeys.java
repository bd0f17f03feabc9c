package dev.freefleet.worker;

import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Exchange;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.Gcra;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.RequestHead;
import dev.freefleet.edge.Step;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The cache keys of questions, as the core on the JVM finds them. */
final class CacheKeys {
    private CacheKeys() {}

    /** The key of a GET with this target on the Brain's default routes. */
    static String of(String target) {
        RateLimit wide = new RateLimit(1_000, 1_000);
        Edge edge = new Edge(new EdgePolicy(
                "test",
                DefaultRoutes.all(),
                Map.of("default", new EdgePolicy.Plan(wide, List.of())),
                wide,
                wide,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 0),
                EdgePolicy.QueryText.OFF));
        Exchange exchange = edge.open(new RequestHead(
                "0190b2f4-0000-7000-8000-000000000001",
                1_790_000_000_000L,
                "GET",
                target,
                Fields.of("x-api-key", WorkerUnderTest.keyOf(1, "default")),
                new byte[4],
                false,
                false,
                -1));
        Step step = exchange.start();
        while (!(step instanceof Step.Lookup)) {
            step = exchange.on(
                    switch (step) {
                        case Step.TakeAllowances take ->
                            new Event.AllowancesTaken(take.allowances().stream()
                                    .map(one -> new Gcra.Taken(true, 1, 1, 0))
                                    .toList());
                        case Step.VerifyKey ignored -> new Event.KeyVerified(true);
                        case Step.Hold ignored -> new Event.Held(true);
                        case Step.Digest(byte[] material) -> new Event.Digested(sha256(material));
                        default -> throw new IllegalStateException("not on the way to a look-up: " + step);
                    });
        }
        return ((Step.Lookup) step).cacheKey();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
