package dev.freefleet.cli.usage;

import dev.freefleet.cli.client.KeyId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which requests are meant. */
final class FilterOptions {
    @Option(names = "--user", paramLabel = "NAME", description = "Only requests of this user.")
    private @Nullable String user;

    @Option(names = "--key", paramLabel = "ID", converter = KeyId.class, description = "Only requests with this key.")
    private @Nullable Long key;

    @Option(names = "--route", paramLabel = "R", description = "Only requests on this route.")
    private @Nullable String route;

    /** As the end of a call's query. */
    String query() {
        return (user == null ? "" : "&user=" + SpanOptions.encoded(user))
                + (key == null ? "" : "&key=" + key)
                + (route == null ? "" : "&route=" + SpanOptions.encoded(route));
    }
}
