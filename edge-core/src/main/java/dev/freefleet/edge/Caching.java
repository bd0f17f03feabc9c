package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of an exchange that answers from the store where it may, and else has the origin's answer stored. */
final class Caching implements Phase {
    private final Call call;
    private final CacheRule rule;
    private final String key;
    private final byte @Nullable [] content;
    private final Fields upstream;
    private final CacheControl asked;
    private CacheStatus.Reason reason = CacheStatus.Reason.URI_MISS;

    private Caching(Call call, String key, byte @Nullable [] content) {
        this.call = call;
        this.rule = call.route().cache();
        this.key = key;
        this.content = content;
        this.upstream = UpstreamFields.of(call);
        this.asked = CacheControl.of(call.request.fields());
    }

    static Next begin(Call call, String key, byte @Nullable [] content) {
        call.outcome = CacheOutcome.MISS;
        return new Next(new Step.Lookup(key), new Caching(call, key, content));
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.Found(List<StoredAnswer> variants) -> {
                StoredAnswer stored = Vary.select(variants, upstream);
                if (stored != null && isUsable(stored)) {
                    yield Next.last(reuse(stored, CacheOutcome.HIT));
                }
                reason = missReason(variants, stored);
                yield fetch(coalescable() ? key : null);
            }
            case Event.Coalesced(List<StoredAnswer> variants) -> {
                StoredAnswer stored = Vary.select(variants, upstream);
                yield stored != null && isUsable(stored)
                        ? Next.last(reuse(stored, CacheOutcome.COALESCED))
                        : fetch(null);
            }
            case Event.OriginAnswered answered -> Next.last(forward(answered));
            case Event.OriginFailed(var failure) -> Next.last(Origin.failed(call, failure));
            default -> throw Call.unexpected(event, "Found, Coalesced, OriginAnswered or OriginFailed");
        };
    }

    private boolean isUsable(StoredAnswer stored) {
        return !asked.has("no-cache") && !asked.has("no-store") && ttl(stored) > 0;
    }

    /** Milliseconds that the answer is still fresh; 0 or less where it is stale. */
    private long ttl(StoredAnswer stored) {
        String version = call.edge.indexVersion();
        Directives control = Directives.of(stored.fields());
        if (control.control().hasBare("no-cache") || (!version.isEmpty() && !version.equals(stored.indexVersion()))) {
            return 0;
        }
        Freshness.Lifetime lifetime =
                Freshness.lifetime(stored.status(), stored.fields(), control, stored.responseMillis(), heuristic());
        long life = lifetime.millis();
        if (!lifetime.explicit() && rule instanceof CacheRule.Query query) {
            life = query.defaultTtlMillis();
        }
        return life - age(stored);
    }

    private boolean heuristic() {
        return rule instanceof CacheRule.Http http && http.heuristic();
    }

    private long age(StoredAnswer stored) {
        return Freshness.age(
                stored.fields(), stored.requestMillis(), stored.responseMillis(), call.request.timeMillis());
    }

    private CacheStatus.Reason missReason(List<StoredAnswer> variants, @Nullable StoredAnswer selected) {
        if (selected == null) {
            return variants.isEmpty() ? CacheStatus.Reason.URI_MISS : CacheStatus.Reason.VARY_MISS;
        }
        return asked.has("no-cache") || asked.has("no-store") ? CacheStatus.Reason.REQUEST : CacheStatus.Reason.STALE;
    }

    /** Only a request whose answer can be stored whole may be waited for by others. */
    private boolean coalescable() {
        return !call.is("HEAD")
                && !asked.has("no-store")
                && !asked.has("no-cache")
                && !upstream.has("range")
                && !upstream.has("authorization")
                && !hasConditions();
    }

    private boolean hasConditions() {
        return upstream.has("if-none-match")
                || upstream.has("if-modified-since")
                || upstream.has("if-match")
                || upstream.has("if-unmodified-since");
    }

    private Next fetch(@Nullable String coalesceKey) {
        return new Next(new Step.Fetch(Origin.request(call, upstream, content), coalesceKey), this);
    }

    private Step.Respond reuse(StoredAnswer stored, CacheOutcome outcome) {
        call.outcome = outcome;
        Fields.Builder head = Fields.builder();
        stored.fields().forEach((name, value) -> {
            if (!HopByHop.isOwn(name)) {
                head.add(name, value);
            }
        });
        CacheStatus status = CacheStatus.hit(ttl(stored));
        if (outcome == CacheOutcome.COALESCED) {
            status = CacheStatus.forwarded(reason).collapsed();
        }
        head.add("age", Long.toString(age(stored) / 1_000)).add("cache-status", status.value());
        boolean empty = stored.status() == 204;
        return call.respond(
                stored.status(),
                head.build(),
                empty ? new Step.Content.None(-1) : new Step.Content.FromStore(stored),
                null);
    }

    private Step.Respond forward(Event.OriginAnswered answered) {
        Fields fields = Origin.received(answered);
        boolean stores = !call.is("HEAD")
                && Storing.isAllowed(
                        rule,
                        asked,
                        upstream.has("authorization") || (rule instanceof CacheRule.Http && call.token != null),
                        answered.status(),
                        fields,
                        answered.responseMillis());
        CacheStatus status = CacheStatus.forwarded(reason);
        return Origin.answer(
                call, answered, stores ? status.stored() : status, stores ? order(answered, fields) : null);
    }

    private Step.StoreOrder order(Event.OriginAnswered answered, Fields fields) {
        int maxBytes = switch (rule) {
            case CacheRule.Off ignored -> 0;
            case CacheRule.Http http -> http.maxAnswerBytes();
            case CacheRule.Query query -> query.maxAnswerBytes();
        };
        Fields stored = Storing.storable(fields);
        return new Step.StoreOrder(
                key,
                maxBytes,
                new Step.StoredHead(
                        answered.status(),
                        stored,
                        answered.requestMillis(),
                        answered.responseMillis(),
                        Vary.selecting(fields, upstream),
                        call.edge.indexVersion()));
    }
}
