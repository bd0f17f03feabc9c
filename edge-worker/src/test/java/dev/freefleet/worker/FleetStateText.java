package dev.freefleet.worker;

import dev.freefleet.edge.KeyState;
import java.util.TreeMap;
import java.util.TreeSet;

/** All that the fleet has said, as a text: the same text for equal states, on the JVM and in JavaScript. */
final class FleetStateText {
    private FleetStateText() {}

    static String of(FleetState state) {
        StringBuilder text = new StringBuilder();
        text.append(state.complete()).append(' ').append(state.holdMillis()).append(' ');
        text.append(state.brainStatus()).append(' ').append(state.index()).append('\n');
        new TreeMap<>(state.keys())
                .forEach(
                        (id, key) -> text.append(id).append(' ').append(of(key)).append('\n'));
        new TreeMap<>(state.imported())
                .forEach((digest, token) ->
                        text.append(digest).append(' ').append(token).append('\n'));
        text.append(state.purges()).append('\n');
        return text.append(new TreeSet<>(state.hot()))
                .append(new TreeSet<>(state.wanted()))
                .toString();
    }

    private static String of(KeyState key) {
        return key.keyId() + " " + key.revoked() + ' ' + key.rate() + ' ' + key.quotas() + ' '
                + new TreeSet<>(key.scopes()) + ' ' + key.addresses() + ' ' + key.validUntilMillis() + ' '
                + key.exhaustedUntilMillis() + ' ' + key.maxConcurrent() + ' ' + key.plan();
    }
}
