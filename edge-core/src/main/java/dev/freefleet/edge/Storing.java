package dev.freefleet.edge;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which of the origin's answers are stored (RFC 9111 section 3), and what of them. */
final class Storing {
    private Storing() {}

    /**
     * Whether the answer to this request may be stored.
     *
     * @param authorized whether the request that the origin saw carried credentials
     */
    static boolean isAllowed(
            CacheRule rule,
            RequestDirectives request,
            boolean authorized,
            int status,
            Fields answer,
            long responseMillis) {
        AnswerFacts facts = answer.facts();
        Directives control = facts.directives();
        if (request.forbidsStoring()
                || control.control().isBroken()
                || control.control().hasBare("private")
                || facts.varies().contains("*")
                || (MediaType.isEventStream(answer) && !storesStreams(rule))
                || StatusCodes.isNeverStored(status)
                || (StatusCodes.isProvoked(status) && !storesErrors(rule))) {
            return false;
        }
        // RFC 9111 section 5.2.2.3: must-understand overrides no-store for those who understand.
        boolean understood = control.has("must-understand") && StatusCodes.isUnderstood(status);
        if (control.has("must-understand") ? !understood : control.has("no-store")) {
            return false;
        }
        // RFC 9111 section 3.5.
        if (authorized && !control.has("public") && !control.has("s-maxage") && !control.has("must-revalidate")) {
            return false;
        }
        return switch (rule) {
            case CacheRule.Off ignored -> false;
            case CacheRule.Http http -> {
                Freshness.Lifetime lifetime =
                        Freshness.lifetime(status, answer, control, responseMillis, http.heuristic());
                if (StatusCodes.isProvoked(status)) {
                    yield lifetime.explicit();
                }
                // Who sets a cookie without a word on caching did not think of caches.
                boolean usable = lifetime.explicit() || (!answer.has("set-cookie") && lifetime.millis() > 0);
                yield usable || (hasValidator(answer) && !answer.has("set-cookie") && StatusCodes.isHeuristic(status));
            }
            case CacheRule.Query ignored ->
                !answer.has("set-cookie") && (status == 200 || status == 203 || status == 204);
        };
    }

    private static boolean storesErrors(CacheRule rule) {
        return rule instanceof CacheRule.Http http && http.storeErrors();
    }

    private static boolean storesStreams(CacheRule rule) {
        return switch (rule) {
            case CacheRule.Off ignored -> false;
            case CacheRule.Http http -> http.storeStreams();
            case CacheRule.Query query -> query.storeStreams();
        };
    }

    /** The order to store this answer, once its content is there. */
    static Step.StoreOrder order(
            Call call, String key, Event.OriginAnswered answered, Fields fields, Fields selecting) {
        CacheRule rule = call.route().cache();
        int maxBytes = switch (rule) {
            case CacheRule.Off ignored -> 0;
            case CacheRule.Http http -> http.maxAnswerBytes();
            case CacheRule.Query query -> query.maxAnswerBytes();
        };
        return new Step.StoreOrder(
                key,
                maxBytes,
                new Step.StoredHead(
                        answered.status(),
                        storable(fields),
                        answered.requestMillis(),
                        answered.responseMillis(),
                        Vary.selecting(fields, selecting),
                        call.edge.indexVersion()),
                rule instanceof CacheRule.Query query ? query.tags() : AnswerTags.NONE,
                // An answer to a question, or a stream, that broke off with its Brain would be wrong while it is
                // stored.
                rule instanceof CacheRule.Http && !MediaType.isEventStream(fields));
    }

    /** Whether credentials were shown, to us or to the origin (RFC 9111 section 3.5). */
    static boolean isAuthorized(Call call, Fields upstream) {
        return upstream.has("authorization") || (call.route().cache() instanceof CacheRule.Http && call.token != null);
    }

    private static boolean hasValidator(Fields answer) {
        return answer.has("etag") || answer.has("last-modified");
    }

    /** What is stored of an answer's fields: not those that {@code private="..."} and {@code no-cache="..."} name. */
    static Fields storable(Fields answer) {
        CacheControl control = answer.facts().directives().control();
        List<String> privates = control.names("private");
        List<String> unchecked = control.names("no-cache");
        if (privates.isEmpty() && unchecked.isEmpty()) {
            return answer;
        }
        Set<String> dropped = new HashSet<>(privates);
        dropped.addAll(unchecked);
        Fields.Builder fields = Fields.builder();
        answer.forEach((name, value) -> {
            if (!dropped.contains(name)) {
                fields.add(name, value);
            }
        });
        return fields.build();
    }
}
