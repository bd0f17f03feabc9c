package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forgets what a request has changed (RFC 9111 section 4.4): after an unsafe one that did not fail, what is stored of its
 * target and of the URIs on this server that its answer names.
 */
final class Invalidation implements Phase {
    private final List<Named> named;
    private final List<String> keys = new ArrayList<>();
    private final Next then;

    /** What a key is made of: its route, and the bytes to be digested. */
    private record Named(Route route, byte[] material) {}

    private Invalidation(List<Named> named, Next then) {
        this.named = named;
        this.then = then;
    }

    static Next begin(Call call, Event.OriginAnswered answered, Step.Respond answer) {
        Next then = Next.last(answer);
        if (isSafe(call) || answered.status() >= 400) {
            return then;
        }
        List<Named> found = new ArrayList<>(3);
        add(call, call.target(), found);
        for (String name : List.of("location", "content-location")) {
            String reference = answered.fields().first(name);
            Target.Canonical target = reference == null ? null : resolve(call, reference);
            if (target != null && !target.equals(call.target())) {
                add(call, target, found);
            }
        }
        return found.isEmpty() ? then : new Invalidation(found, then).digest();
    }

    private static boolean isSafe(Call call) {
        return switch (call.request.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "QUERY" -> true;
            case "POST" -> call.route().cache() instanceof CacheRule.Query;
            default -> false;
        };
    }

    private static void add(Call call, Target.Canonical target, List<Named> found) {
        if (call.edge.routes().match(target.path()) instanceof RouteTable.Match.Found(Route route)
                && route.cache() instanceof CacheRule.Http) {
            found.add(new Named(route, CacheKey.httpMaterial(call, route, target)));
        }
    }

    /** The target that a reference of the answer leads to (RFC 3986 section 5.2), or null where it is not on this server. */
    static Target.@Nullable Canonical resolve(Call call, String reference) {
        String absolute = reference;
        int colon = reference.indexOf("://");
        if (colon > 0 && colon < 6) {
            int end = colon + 3;
            while (end < reference.length() && "/?#".indexOf(reference.charAt(end)) < 0) {
                end++;
            }
            String authority = Ascii.lower(reference.substring(colon + 3, end));
            String host = call.request.fields().first("host");
            if (host == null || !authority.equals(Ascii.lower(host))) {
                return null;
            }
            absolute = reference.substring(end);
        } else if (reference.startsWith("//")) {
            return null;
        } else if (!reference.startsWith("/")) {
            String path = call.target().path();
            absolute = path.substring(0, path.lastIndexOf('/') + 1) + reference;
        }
        int fragment = absolute.indexOf('#');
        String target = fragment < 0 ? absolute : absolute.substring(0, fragment);
        return Target.parse(target.isEmpty() ? "/" : target) instanceof Target.Canonical canonical ? canonical : null;
    }

    private Next digest() {
        return new Next(new Step.Digest(named.get(keys.size()).material()), this);
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.Digested(byte[] sha256)
            when keys.size() < named.size() -> {
                keys.add(CacheKey.of(named.get(keys.size()).route(), sha256));
                yield keys.size() < named.size() ? digest() : new Next(new Step.Invalidate(List.copyOf(keys)), this);
            }
            case Event.Done() -> then;
            default -> throw Call.unexpected(event, "Digested or Done");
        };
    }
}
