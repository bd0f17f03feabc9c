package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The part of an exchange that answers from the store where it may, and else asks the origin and keeps its answer. */
final class Caching implements Phase {
    private final Call call;
    private final CacheRule rule;
    private final String key;
    private final byte @Nullable [] content;
    /** What tells the content of a QUERY where it is no part of the key. */
    private final @Nullable String contentDigest;

    private final RequestDirectives asked;
    private @Nullable Fields upstream;
    private @Nullable StoredAnswer stored;
    private @Nullable Reuse reuse;
    private CacheStatus.Reason reason = CacheStatus.Reason.URI_MISS;
    private boolean validating;

    private Caching(Call call, String key, byte @Nullable [] content, @Nullable String contentDigest) {
        this.call = call;
        this.rule = call.route().cache();
        this.key = key;
        this.content = content;
        this.contentDigest = contentDigest;
        this.asked = call.request.fields().asked().directives();
    }

    /**
     * Begins with a look-up.
     *
     * @param contentDigest what tells the content of a QUERY where it is no part of the key, or null
     */
    static Next begin(Call call, String key, byte @Nullable [] content, @Nullable String contentDigest) {
        call.outcome = CacheOutcome.MISS;
        return new Next(new Step.Lookup(key), new Caching(call, key, content, contentDigest));
    }

    /** The request as the origin would see it; most hits never need it. */
    private Fields upstream() {
        Fields known = upstream;
        if (known == null) {
            known = UpstreamFields.of(call);
            upstream = known;
        }
        return known;
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.Found(List<StoredAnswer> variants) -> found(variants);
            case Event.Coalesced(List<StoredAnswer> variants) -> coalesced(variants);
            case Event.OriginAnswered answered -> answered(answered);
            case Event.OriginFailed failed ->
                Next.last(
                        stored != null && Reuse.onError(reuse)
                                ? onError(stored, 0, detail(failed.failure()))
                                : Origin.failed(call, failed));
            case Event.OriginSlow() -> slow();
            case Event.StreamTooLarge() -> Next.last(Admission.tooLarge(call));
            default -> throw Call.unexpected(event, "Found, Coalesced, OriginAnswered, OriginFailed or OriginSlow");
        };
    }

    private Next found(List<StoredAnswer> variants) {
        stored = Vary.select(variants, contentDigest, this::upstream);
        if (stored == null) {
            reason = variants.isEmpty() ? CacheStatus.Reason.URI_MISS : CacheStatus.Reason.VARY_MISS;
        } else if (Conditions.isForOrigin(call.request.fields()) && Conditions.isForOrigin(upstream())) {
            reason = CacheStatus.Reason.REQUEST;
            stored = null;
        } else {
            reuse = Reuse.of(rule, asked, stored, call.edge.indexVersion(), call.nowMillis());
            if (reuse instanceof Reuse.Validate validate) {
                reason = validate.reason();
            } else {
                return Next.last(serve(stored, reuse));
            }
        }
        if (asked.onlyIfCached()) {
            call.outcome = CacheOutcome.NONE;
            return Next.last(
                    call.problem(504, "Nothing stored answers this, and the request forbids to ask the origin."));
        }
        return ask(stored, true);
    }

    /** Asks the origin: whether the stored answer holds, where it can be asked so, or else for a new one. */
    private Next ask(@Nullable StoredAnswer held, boolean coalesce) {
        validating = held != null && !call.is("HEAD") && Conditions.canValidate(held.fields());
        Fields fields = validating && held != null ? Conditions.validating(upstream(), held.fields()) : upstream();
        return fetch(fields, coalesce);
    }

    private Next fetch(Fields fields, boolean coalesce) {
        boolean whole = !fields.has("range") && (validating || !Conditions.hasAny(fields));
        boolean shared = coalesce
                && whole
                && !call.is("HEAD")
                && !asked.refusesStored()
                && !upstream().has("authorization")
                && contentDigest == null;
        OriginRequest request = Origin.request(call, fields, content);
        boolean fallback = stored != null && Reuse.onError(reuse);
        // What goes on behind the client's back must be what a client's later request would be given.
        boolean mayGoOn = fallback && whole && !call.is("HEAD") && !request.streamContent() && !asked.forbidsStoring();
        long slow = mayGoOn ? rule.staleness().ifSlowMillis() : 0;
        return new Next(new Step.Fetch(request, shared ? key : null, slow, fallback), this);
    }

    private static String detail(Event.Failure failure) {
        return switch (failure) {
            case UNREACHABLE, TIMEOUT, OVERLOADED, BROKEN -> "stale-if-error";
            case CIRCUIT_OPEN -> "circuit-open";
            case ASLEEP -> "origin-asleep";
        };
    }

    /** The stale answer now; whatever the origin answers goes on behind the client's back. */
    private Next slow() {
        StoredAnswer held = stored;
        if (held == null || !Reuse.onError(reuse)) {
            throw new IllegalStateException("OriginSlow without a stale answer");
        }
        Call behind = call.behind();
        boolean validated = validating;
        call.background = new Exchange(behind, () -> goOn(behind, held, validated));
        return Next.last(onError(held, 0, "origin-slow"));
    }

    /** The exchange that takes the fetch over: it asks for what is being fetched already. */
    private Next goOn(Call behind, StoredAnswer held, boolean validated) {
        Caching caching = new Caching(behind, key, content, contentDigest);
        caching.stored = held;
        caching.reason = reason;
        caching.validating = validated;
        Fields fields = validated ? Conditions.validating(caching.upstream(), held.fields()) : caching.upstream();
        return caching.fetch(fields, true);
    }

    private Next coalesced(List<StoredAnswer> variants) {
        StoredAnswer fetched = Vary.select(variants, contentDigest, this::upstream);
        Reuse verdict =
                fetched == null ? null : Reuse.of(rule, asked, fetched, call.edge.indexVersion(), call.nowMillis());
        if (fetched == null || !(verdict instanceof Reuse.Fresh)) {
            return ask(stored, false);
        }
        call.outcome = CacheOutcome.COALESCED;
        return Next.last(Stored.answer(
                call, fetched, CacheStatus.forwarded(reason).collapsed().ttl(verdict.ttlMillis())));
    }

    private Next answered(Event.OriginAnswered answered) {
        StoredAnswer held = stored;
        Fields fields = Origin.received(call, answered);
        if (held != null && validating && answered.status() == 304) {
            return confirmed(held, answered, fields);
        }
        if (held != null && Reuse.onError(reuse) && isServerError(answered.status())) {
            return Next.last(onError(held, answered.status(), "stale-if-error"));
        }
        if (held != null && call.is("HEAD") && answered.status() == 200) {
            return headed(held, answered, fields);
        }
        return Next.last(forward(answered, fields));
    }

    private static boolean isServerError(int status) {
        return status == 500 || status == 502 || status == 503 || status == 504;
    }

    /** RFC 9111 section 4.3.4. */
    private Next confirmed(StoredAnswer held, Event.OriginAnswered answered, Fields fields) {
        if (!Conditions.confirms(fields, held.fields())) {
            validating = false;
            return fetch(Conditions.unconditional(upstream()), false);
        }
        Fields merged = Storing.storable(Freshening.merge(held.fields(), fields));
        StoredAnswer updated =
                held.freshened(merged, answered.requestMillis(), answered.responseMillis(), call.edge.indexVersion());
        Directives control = Directives.of(merged);
        boolean keeps = !control.has("no-store") && !control.control().hasBare("private");
        Step step = keeps ? new Step.Update(key, held, updated) : new Step.Invalidate(List.of(key));
        return new Next(step, event -> {
            if (!(event instanceof Event.Done)) {
                throw Call.unexpected(event, "Done");
            }
            call.outcome = CacheOutcome.REVALIDATED;
            long ttl = Reuse.of(rule, asked, updated, call.edge.indexVersion(), call.nowMillis())
                    .ttlMillis();
            CacheStatus status =
                    CacheStatus.forwarded(reason).forwardedStatus(304).ttl(ttl);
            return Next.last(Stored.answer(call, updated, keeps ? status.stored() : status));
        });
    }

    /** RFC 9111 section 4.3.5: the answer to a HEAD freshens the stored answer to GET, or shows that it is another one. */
    private Next headed(StoredAnswer held, Event.OriginAnswered answered, Fields fields) {
        Step step = Freshening.describes(answered.fields(), held)
                ? new Step.Update(
                        key,
                        held,
                        held.freshened(
                                Storing.storable(Freshening.merge(held.fields(), fields)),
                                answered.requestMillis(),
                                answered.responseMillis(),
                                call.edge.indexVersion()))
                : new Step.Invalidate(List.of(key));
        return new Next(step, event -> {
            if (!(event instanceof Event.Done)) {
                throw Call.unexpected(event, "Done");
            }
            return Next.last(forward(answered, fields));
        });
    }

    private Step.Respond serve(StoredAnswer held, Reuse verdict) {
        CacheStatus status = CacheStatus.hit(verdict.ttlMillis());
        call.outcome = verdict.ttlMillis() > 0 ? CacheOutcome.HIT : CacheOutcome.STALE;
        if (verdict instanceof Reuse.WhileRevalidating) {
            Call behind = call.behind();
            call.background = new Exchange(behind, () -> revalidate(behind, held));
            status.detail("stale-while-revalidate");
        }
        return Stored.answer(call, held, status);
    }

    /** The exchange behind the client's back. */
    private Next revalidate(Call behind, StoredAnswer held) {
        Caching caching = new Caching(behind, key, content, contentDigest);
        caching.stored = held;
        caching.reason = CacheStatus.Reason.STALE;
        caching.validating = Conditions.canValidate(held.fields());
        Fields fields = caching.validating
                ? Conditions.validating(caching.upstream(), held.fields())
                : Conditions.unconditional(caching.upstream());
        return caching.fetch(fields, true);
    }

    private Step.Respond onError(StoredAnswer held, int status, String detail) {
        call.outcome = CacheOutcome.STALE;
        CacheStatus told = CacheStatus.forwarded(reason);
        if (status != 0) {
            told.forwardedStatus(status);
        }
        long ttl = reuse == null ? 0 : reuse.ttlMillis();
        return Stored.answer(call, held, told.ttl(ttl).detail(detail));
    }

    private Step.Respond forward(Event.OriginAnswered answered, Fields fields) {
        boolean authorized = Storing.isAuthorized(call, upstream());
        boolean stores = !call.is("HEAD")
                && Storing.isAllowed(rule, asked, authorized, answered.status(), fields, answered.responseMillis());
        CacheStatus status = CacheStatus.forwarded(reason);
        return stores
                ? Origin.answer(call, answered, fields, status.stored(), order(answered, fields))
                : Origin.answer(call, answered, fields, status, null);
    }

    private Step.StoreOrder order(Event.OriginAnswered answered, Fields fields) {
        Fields selecting = contentDigest == null
                ? upstream()
                : upstream().toBuilder().add(Vary.CONTENT, contentDigest).build();
        return Storing.order(call, key, answered, fields, selecting);
    }
}
