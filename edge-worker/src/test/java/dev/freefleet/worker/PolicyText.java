package dev.freefleet.worker;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Route;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that a policy says, as a text: the same text for equal policies, on the JVM and in JavaScript. */
final class PolicyText {
    private PolicyText() {}

    static String of(EdgePolicy policy) {
        StringBuilder text = new StringBuilder();
        text.append(policy.node()).append('\n');
        text.append(policy.addressRate()).append(policy.refusedKeyRate()).append('\n');
        text.append(new TreeSet<>(policy.cors().origins()))
                .append(policy.cors().maxAgeSeconds())
                .append('\n');
        text.append(policy.queryText().name()).append(policy.hstsSeconds()).append('\n');
        new TreeMap<>(policy.plans())
                .forEach((name, plan) ->
                        text.append(name).append(' ').append(plan).append('\n'));
        policy.routes().forEach(route -> text.append(of(route)).append('\n'));
        return text.toString();
    }

    private static String of(Route route) {
        return route.name()
                + new TreeSet<>(route.methods())
                + route.path()
                + ' '
                + route.auth()
                + route.rate()
                + ' '
                + route.maxBodyBytes()
                + ' '
                + route.timeoutMillis()
                + ' '
                + route.webSocket()
                + ' '
                + of(route.cache());
    }

    private static String of(CacheRule rule) {
        return switch (rule) {
            case CacheRule.Off off -> off.toString();
            case CacheRule.Http http -> http.toString();
            case CacheRule.Query query ->
                query.scope().name()
                        + ' '
                        + query.defaultTtlMillis()
                        + ' '
                        + query.maxAnswerBytes()
                        + ' '
                        + query.textMember()
                        + query.stale()
                        + query.keyFields()
                        + query.foldText()
                        + query.tags().pointers()
                        + query.storeStreams();
        };
    }
}
