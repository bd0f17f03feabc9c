package dev.freefleet.edge;

/**
 * The answer to a POST that is at the same time what a GET of its target would be given: it says how long it is fresh and
 * names the target as its own location (RFC 9110 section 9.3.3). It takes the place of what the POST has changed.
 */
final class PostedAnswer {
    private PostedAnswer() {}

    static boolean isStorable(Call call, Event.OriginAnswered answered) {
        if (!call.is("POST")
                || !(call.route().cache() instanceof CacheRule.Http rule)
                || answered.status() != 200
                || !namesTarget(call, answered.fields())) {
            return false;
        }
        Fields fields = Origin.received(call, answered);
        Freshness.Lifetime lifetime =
                Freshness.lifetime(200, fields, fields.facts().directives(), answered.responseMillis(), false);
        boolean authorized = Storing.isAuthorized(call, UpstreamFields.of(call));
        RequestDirectives asked = RequestDirectives.of(call.request.fields());
        return lifetime.explicit()
                && lifetime.millis() > 0
                && Storing.isAllowed(rule, asked, authorized, 200, fields, answered.responseMillis());
    }

    private static boolean namesTarget(Call call, Fields answer) {
        String location = answer.combined("content-location");
        return location != null && call.target().equals(Invalidation.resolve(call, location));
    }

    /** Forgets what the POST has changed, and stores its answer in its place. */
    static Phase.Next store(Call call, Event.OriginAnswered answered) {
        byte[] material = CacheKey.httpMaterial(call, call.route(), call.target());
        return new Phase.Next(new Step.Digest(material), event -> {
            if (!(event instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(event, "Digested");
            }
            Fields fields = Origin.received(call, answered);
            Step.StoreOrder order =
                    Storing.order(call, CacheKey.of(call.route(), sha256), answered, fields, UpstreamFields.of(call));
            CacheStatus status =
                    CacheStatus.forwarded(CacheStatus.Reason.METHOD).stored();
            return Invalidation.begin(call, answered, Origin.answer(call, answered, fields, status, order));
        });
    }
}
