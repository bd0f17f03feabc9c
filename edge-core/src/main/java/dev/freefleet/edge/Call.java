package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/** What is known of one exchange so far, and how it is answered. */
final class Call {
    final EdgeState edge;
    final RequestHead request;
    final RateLimitFields limits = new RateLimitFields();
    CacheOutcome outcome = CacheOutcome.NONE;
    /** Who asks, as limits count it. */
    String bucket = "";

    byte[] address = {};

    @Nullable
    KeyToken token;

    @Nullable
    String queryDigest;

    @Nullable
    String queryText;

    /** What is to be done after the answer, or null. */
    @Nullable
    Exchange background;

    private @Nullable Route route;
    private Target.@Nullable Canonical target;

    Call(EdgeState edge, RequestHead request) {
        this.edge = edge;
        this.request = request;
    }

    /** Once the route is found. */
    void found(Route found, Target.Canonical canonical) {
        route = found;
        target = canonical;
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
        behind.found(route(), target());
        return behind;
    }

    /** Now, as far as this exchange goes: when the request's head was complete. */
    long nowMillis() {
        return request.timeMillis();
    }

    Route route() {
        if (route == null) {
            throw new IllegalStateException("no route was found yet");
        }
        return route;
    }

    Target.Canonical target() {
        if (target == null) {
            throw new IllegalStateException("no route was found yet");
        }
        return target;
    }

    String routeLabel() {
        return route == null ? "none" : route.name();
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

    /** An answer, with what the edge adds to each. The edge's own fields are removed from {@code fields} before. */
    Step.Respond respond(int status, Fields fields, Step.Content content, Step.@Nullable StoreOrder store) {
        Fields.Builder head = fields.toBuilder().set("x-request-id", request.id());
        limits.writeTo(head);
        edge.cors().writeTo(head, request);
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
        };
    }

    /** The shell did not answer the step that it was given. */
    static IllegalStateException unexpected(Event event, String awaited) {
        return new IllegalStateException(
                event.getClass().getSimpleName() + " does not answer the last step; awaited: " + awaited);
    }
}
