package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** The part of an exchange that passes a request on which the cache has nothing to say to. */
final class Origin implements Phase {
    private final Call call;

    private Origin(Call call) {
        this.call = call;
    }

    /**
     * Passes the request on.
     *
     * @param content the content where it has been read
     */
    static Next bypass(Call call, byte @Nullable [] content) {
        call.outcome = CacheOutcome.BYPASS;
        return new Next(new Step.Fetch(request(call, UpstreamFields.of(call), content), null), new Origin(call));
    }

    static OriginRequest request(Call call, Fields fields, byte @Nullable [] content) {
        Route route = call.route();
        boolean stream = content == null && call.request.hasContent();
        return new OriginRequest(
                call.request.method(),
                call.target().text(),
                fields,
                content,
                stream,
                route.maxBodyBytes(),
                route.timeoutMillis(),
                call.priority(),
                route.cache() instanceof CacheRule.Http,
                false);
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.OriginAnswered answered ->
                PostedAnswer.isStorable(call, answered)
                        ? PostedAnswer.store(call, answered)
                        : Invalidation.begin(
                                call,
                                answered,
                                answer(
                                        call,
                                        answered,
                                        received(call, answered),
                                        CacheStatus.forwarded(reason()),
                                        null));
            case Event.OriginFailed failed -> Next.last(failed(call, failed));
            case Event.StreamTooLarge() -> Next.last(Admission.tooLarge(call));
            default -> throw Call.unexpected(event, "OriginAnswered, OriginFailed or StreamTooLarge");
        };
    }

    private CacheStatus.Reason reason() {
        boolean safe = call.is("GET") || call.is("HEAD") || call.is("QUERY");
        return safe || !(call.route().cache() instanceof CacheRule.Http)
                ? CacheStatus.Reason.BYPASS
                : CacheStatus.Reason.METHOD;
    }

    /**
     * The origin's answer as it streams to the client.
     *
     * @param fields what was {@link #received}
     */
    static Step.Respond answer(
            Call call,
            Event.OriginAnswered answered,
            Fields fields,
            CacheStatus status,
            Step.@Nullable StoreOrder store) {
        Fields.Builder head = fields.toBuilder();
        if (fields.has("age")) {
            long age = Freshness.age(
                    fields, answered.requestMillis(), answered.responseMillis(), answered.responseMillis());
            head.set("age", Long.toString(Math.min(age / 1_000, 1L << 31)));
        }
        head.remove("surrogate-control").set("cache-status", status.value());
        boolean empty = call.is("HEAD") || answered.status() == 204 || answered.status() == 304;
        Step.Content content = empty ? new Step.Content.None(declaredLength(answered)) : new Step.Content.FromOrigin();
        return call.respond(answered.status(), head, content, store);
    }

    /**
     * The answer's end-to-end fields, without those that the edge writes itself but with the Age that tells its own, and
     * with the Date that RFC 9110 section 6.6.1 asks of whoever passes it on.
     */
    static Fields received(Call call, Event.OriginAnswered answered) {
        Fields passed = call.edge.recent().passed(answered.fields());
        return answered.fields().has("date")
                ? passed
                : passed.toBuilder()
                        .add("date", HttpDate.format(answered.responseMillis()))
                        .build();
    }

    private static long declaredLength(Event.OriginAnswered answered) {
        String length = answered.fields().first("content-length");
        long value = length == null ? -1 : Ascii.digits(length);
        return answered.status() == 204 ? -1 : value;
    }

    static Step.Respond failed(Call call, Event.OriginFailed failed) {
        return switch (failed.failure()) {
            case UNREACHABLE -> call.problem(502, "The origin cannot be reached. Try again in a while.");
            case BROKEN -> call.problem(502, "The origin broke off before it answered. Try again in a while.");
            case OVERLOADED ->
                unavailable(
                        call,
                        failed,
                        "The origin has as many requests as it takes, and no more may wait. Try again in a second.");
            case CIRCUIT_OPEN ->
                unavailable(call, failed, "The origin has failed too often and is left alone. Try again in a while.");
            case ASLEEP ->
                unavailable(call, failed, "The origin is being woken and is not awake yet. Try again in a while.");
            case TIMEOUT ->
                call.problem(
                        504,
                        "The origin did not answer within " + call.route().timeoutMillis()
                                + " ms. Try again in a while.");
        };
    }

    /** RFC 9110 section 15.6.4. */
    private static Step.Respond unavailable(Call call, Event.OriginFailed failed, String detail) {
        String seconds = Long.toString(Math.max(1, failed.retryAfterSeconds()));
        return call.problem(503, detail, Fields.of("retry-after", seconds));
    }
}
