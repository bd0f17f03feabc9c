package dev.freefleet.cli.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.cli.client.CommandException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a key may do; those that are not given are not said. */
final class KeySettings {
    @Option(
            names = "--plan",
            paramLabel = "P",
            description = "The plan whose limits hold where the key has none of its own; a new key's is default.")
    private @Nullable String plan;

    @Option(names = "--rate", paramLabel = "R", description = "A rate of its own, e.g. 60/min; plan: the plan's.")
    private @Nullable String rate;

    @Option(
            names = "--quota",
            paramLabel = "Q",
            description = "A quota of its own, e.g. 1000/day; also 20000/month; plan: the plan's.")
    private final List<String> quotas = new ArrayList<>();

    @Option(
            names = "--scope",
            paramLabel = "ROUTE",
            description = "A route that it may use; all by default. Repeatable.")
    private final List<String> scopes = new ArrayList<>();

    @Option(
            names = "--address",
            paramLabel = "CIDR",
            description =
                    "Addresses from which it may be used, e.g. 192.0.2.0/24 or 2001:db8::/32; all by default. Repeatable.")
    private final List<String> addresses = new ArrayList<>();

    @Option(
            names = "--max-concurrent",
            paramLabel = "N",
            description = "Requests at once of its own, 1 to 10000; plan: the plan's.")
    private @Nullable String maxConcurrent;

    void addTo(ObjectNode order) {
        if (plan != null) {
            order.put("plan", plan);
        }
        if (rate != null) {
            order.put("rate", rate.equals("plan") ? null : rate);
        }
        putList(order, "quotas", quotas, "--quota", "plan");
        putList(order, "scopes", scopes, "--scope", "all");
        putList(order, "addresses", addresses, "--address", "all");
        if (maxConcurrent != null) {
            order.put("max_concurrent", concurrent(maxConcurrent));
        }
    }

    /** A word alone takes everything back. */
    private static void putList(ObjectNode order, String member, List<String> values, String option, String nothing) {
        if (values.isEmpty()) {
            return;
        }
        boolean none = values.contains(nothing);
        if (none && values.size() > 1) {
            throw CommandException.wrongUsage(option + ": \"" + nothing + "\" stands alone.");
        }
        ArrayNode array = order.putArray(member);
        if (!none) {
            values.forEach(array::add);
        }
    }

    private static @Nullable Integer concurrent(String written) {
        if (written.equals("plan")) {
            return null;
        }
        boolean number = !written.isEmpty()
                && written.length() < 6
                && written.chars().allMatch(c -> "0123456789".indexOf(c) >= 0);
        int value = number ? Integer.parseInt(written) : 0;
        if (value < 1 || value > 10_000) {
            throw CommandException.wrongUsage(
                    "--max-concurrent: \"" + written + "\" is not a number of 1 to 10000, and not plan.");
        }
        return value;
    }
}
