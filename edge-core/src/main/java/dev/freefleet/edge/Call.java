package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** What is known of one exchange so far, and how it is answered. */
final class Call {
    final EdgeState edge;
    final RequestHead request;
    final RateLimitFields limits;
    CacheOutcome outcome = CacheOutcome.NONE;
    /** Who asks, as limits count it. */
    String bucket = "";

    byte[] address = {};

    @Nullable
    KeyToken token;

    /** What holds for that key here. */
    @Nullable
    Caller caller;

    /** What is known of the question before it has a key. */
    @Nullable
    String queryDigest;

    @Nullable
    String queryText;

    /** The question once it has a key, shared with others who ask it. */
    @Nullable
    UsageQuestion question;

    /** What is to be done after the answer, or null. */
    @Nullable
    Exchange background;

    private Recent.@Nullable Known known;

    Call(EdgeState edge, RequestHead request) {
        this.edge = edge;
        this.request = request;
        this.limits = new RateLimitFields(edge.recent());
    }

    /** Once the route is found. */
    void found(Recent.Known found) {
        known = found;
    }

    /** The same call once more, without its client: for work behind its back, which fetches whole answers. */
    Call behind() {
        RequestHead head = new RequestHead(
                request.id(),
                request.timeMillis(),
                is("HEAD") ? "GET" : request.method(),
                request.target(),
                request.fields().toBuilder()
                        .remove("cache-control")
                        .remove("pragma")
                        .build(),
                request.peer(),
                request.secure(),
                request.hasContent(),
                request.contentLength());
        Call behind = new Call(edge, head);
        behind.bucket = bucket;
        behind.address = address;
        behind.token = token;
        behind.caller = caller;
        behind.found(known());
        return behind;
    }

    /** Now, as far as this exchange goes: when the request's head was complete. */
    long nowMillis() {
        return request.timeMillis();
    }

    /** What usage events hold of the question so far. */
    @Nullable
    UsageQuestion question() {
        return question == null ? UsageQuestion.of(queryDigest, queryText) : question;
    }

    Recent.Known known() {
        if (known == null) {
            throw new IllegalStateException("no route was found yet");
        }
        return known;
    }

    Route route() {
        return known().route;
    }

    Target.Canonical target() {
        return known().target;
    }

    String routeLabel() {
        return known == null ? "none" : known.route.name();
    }

    /** The priority of the plan of the key that asks. */
    int priority() {
        return token == null
                ? 0
                : edge.planOf(token, edge.keys().get(token.keyId())).priority();
    }

    boolean is(String method) {
        return request.method().equals(method);
    }

    /** An error of the edge's own. */
    Step.Respond problem(int status, String detail) {
        return problem(status, detail, Fields.empty());
    }

    Step.Respond problem(int status, String detail, Fields more) {
        Fields fields = more.toBuilder()
                .add("content-type", "application/problem+json")
                .add("cache-control", "no-store")
                .build();
        return respond(status, fields, new Step.Content.Bytes(new Problem(status, detail).json(request.id())), null);
    }

    /** An answer, with what the edge adds to each; {@code fields} has none of the edge's own. */
    Step.Respond respond(int status, Fields fields, Step.Content content, Step.@Nullable StoreOrder store) {
        return respond(status, fields.toBuilder(), content, store);
    }

    /** As above; {@code head} becomes the answer's. */
    Step.Respond respond(int status, Fields.Builder head, Step.Content content, Step.@Nullable StoreOrder store) {
        head.add("x-request-id", request.id());
        limits.writeTo(head);
        edge.cors().writeTo(head, request);
        long hsts = edge.policy().hstsSeconds();
        if (hsts > 0 && edge.clients().secure(request)) { // RFC 6797 section 7.2: never over plain HTTP
            head.set("strict-transport-security", "max-age=" + hsts);
        }
        return new Step.Respond(status, head.build(), is("HEAD") ? headOf(content) : content, store);
    }

    private static Step.Content headOf(Step.Content content) {
        return switch (content) {
            case Step.Content.None none -> none;
            case Step.Content.Bytes(var bytes) -> new Step.Content.None(bytes.length);
            case Step.Content.FromStore(var answer) ->
                new Step.Content.None(answer.body().length());
            case Step.Content.FromStoreRange(var ignored, long ignoredToo, long length) ->
                new Step.Content.None(length);
            case Step.Content.FromOrigin ignored -> new Step.Content.None(-1);
            case Step.Content.Tunnel tunnel -> tunnel;
        };
    }

    /** The shell did not answer the step that it was given. */
    static IllegalStateException unexpected(Event event, String awaited) {
        return new IllegalStateException(
                event.getClass().getSimpleName() + " does not answer the last step; awaited: " + awaited);
    }
}
