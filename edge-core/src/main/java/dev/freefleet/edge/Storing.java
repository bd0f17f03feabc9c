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
        Directives control = Directives.of(answer);
        if (request.forbidsStoring()
                || control.control().isBroken()
                || control.control().hasBare("private")
                || Vary.isAny(answer)
                || StatusCodes.isProvoked(status)
                || status == 206
                || status == 304) {
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
                // Who sets a cookie without a word on caching did not think of caches.
                boolean usable = lifetime.explicit() || (!answer.has("set-cookie") && lifetime.millis() > 0);
                yield usable || (hasValidator(answer) && !answer.has("set-cookie") && StatusCodes.isHeuristic(status));
            }
            case CacheRule.Query ignored ->
                !answer.has("set-cookie") && (status == 200 || status == 203 || status == 204);
        };
    }

    private static boolean hasValidator(Fields answer) {
        return answer.has("etag") || answer.has("last-modified");
    }

    /** What is stored of an answer's fields: not those that {@code private="..."} and {@code no-cache="..."} name. */
    static Fields storable(Fields answer) {
        CacheControl control = Directives.of(answer).control();
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
