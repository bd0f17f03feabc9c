package dev.freefleet.worker;

import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.Edge;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Event;
import dev.freefleet.edge.Exchange;
import dev.freefleet.edge.Fields;
import dev.freefleet.edge.KeyFormat;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Step;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.Js;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * A few questions that nobody has asked, before the first that somebody asks. V8 compiles a function when it is first
 * called, which takes longer than all else that the first request of an isolate needs; and the platform gives a start a
 * hundred times what it gives a request. Does no I/O, which a start may not, and leaves nothing behind.
 */
final class Rehearsal {
    private static final int ROUNDS = 3;
    private static final long MILLIS = 1_764_000_000_000L;
    private static final String ID = "0190b2f4-0000-7000-8000-000000000001";
    private static final String KEY = KeyFormat.encode(new KeyToken(1, 1, 1, 0, "default"), new byte[16]);
    private static final String ANSWER = "{\"answer\":\"none\",\"sources\":[{\"id\":\"notes/a.md\"}],\"confidence\":1}";

    private final Edge edge = new Edge(policy());
    private final Limiter limiter = new Limiter();
    private final Quotas quotas = new Quotas();
    private final Places places = new Places();
    private final byte[] question;
    private List<StoredAnswer> stored = List.of();

    private Rehearsal(int number) {
        question = Js.utf8("{\"query\":\"Is this number " + number + " of " + ROUNDS + "?\",\"limit\":3}")
                .toJavaArray();
    }

    private static EdgePolicy policy() {
        RateLimit wide = new RateLimit(1_000, 1_000);
        return new EdgePolicy(
                "rehearsal",
                DefaultRoutes.all(),
                Map.of("default", new EdgePolicy.Plan(wide, List.of(new Quota(1_000, Quota.Period.DAY)))),
                wide,
                wide,
                List.of(),
                new EdgePolicy.Cors(Set.of(), 0),
                EdgePolicy.QueryText.FULL);
    }

    /** Plays a miss and a hit, a few times. */
    static void play() {
        for (int i = 0; i < ROUNDS; i++) {
            Rehearsal one = new Rehearsal(i);
            one.ask();
            one.ask();
        }
    }

    private void ask() {
        Exchange exchange = edge.open(RequestReader.read(
                Js.request(
                        "https://fleet.invalid/query",
                        "POST",
                        Reply.headers(
                                Fields.of("x-api-key", KEY, "content-type", "application/json"), question.length)),
                ID,
                MILLIS));
        Step step = exchange.start();
        while (true) {
            if (step instanceof Step.Respond answer) {
                answered(answer);
                UsageText.of(exchange.finish(answer.status(), 1, 1, 1, 1), new Questions(Map.of(), true));
                return;
            }
            step = exchange.on(performed(step));
        }
    }

    private Event performed(Step step) {
        return switch (step) {
            case Step.VerifyKey ignored -> new Event.KeyVerified(true);
            case Step.TakeAllowances take -> new Event.AllowancesTaken(limiter.take(take.allowances(), MILLIS));
            case Step.CountQuotas count -> new Event.QuotasCounted(quotas.count(count.uses(), MILLIS));
            case Step.Hold hold -> new Event.Held(places.hold(hold.bucket(), hold.max()));
            case Step.ReadBody ignored -> new Event.BodyRead(question);
            case Step.Digest ignored -> new Event.Digested(new byte[32]);
            case Step.Normalize normalize -> new Event.Normalized(Js.folded(normalize.text()));
            case Step.Lookup(String key) -> new Event.Found(Envelope.read(key, Envelope.write(key, stored)));
            case Step.Fetch ignored ->
                new Event.OriginAnswered(200, Fields.of("content-type", "application/json"), MILLIS, MILLIS + 1);
            case Step.Update ignored -> new Event.Done();
            case Step.Invalidate ignored -> new Event.Done();
            case Step.ReportHealth ignored -> new Event.HealthReported(200, new byte[0]);
            case Step.Respond ignored -> throw new IllegalStateException("the last step has no event");
        };
    }

    private void answered(Step.Respond answer) {
        Int8Array content = Js.utf8(ANSWER);
        Step.@Nullable StoreOrder order = answer.store();
        if (order != null) {
            List<String> tags = order.tags().of(content.toJavaArray());
            stored = List.of(order.answerWithoutBody().with(tags, new HeldBody(content)));
        }
        Reply.headers(answer.fields(), -1);
    }
}
