package dev.freefleet.cli.config;

import dev.freefleet.edgesync.FleetEdges;
import dev.freefleet.edgesync.KvKeeper;
import java.net.URI;
import java.util.List;

/** Makes what the configuration says of edges elsewhere from the values, and checks what they say together. */
final class EdgeAssembly {
    private final Values values;

    EdgeAssembly(Values values) {
        this.values = values;
    }

    EdgeConfig config() {
        return new EdgeConfig(
                new FleetEdges.Config(
                        values.get(Settings.EDGE_POLL).toMillis(),
                        values.get(Settings.EDGE_HOLD).toMillis(),
                        Math.toIntExact(values.get(Settings.EDGE_SYNC_BYTES)),
                        values.get(Settings.EDGE_SYNCS)),
                new KvKeeper.Config(
                        values.get(Settings.EDGE_KV_WRITES),
                        values.get(Settings.EDGE_KV_DELETES),
                        values.get(Settings.EDGE_KV_LISTS),
                        values.get(Settings.EDGE_KV_READS),
                        values.get(Settings.EDGE_KV_ANSWERS),
                        values.get(Settings.EDGE_DRAIN),
                        values.get(Settings.EDGE_KV_EVERY)),
                new EdgeConfig.Worker(
                        values.get(Settings.EDGE_NAME),
                        values.get(Settings.EDGE_NODE),
                        values.find(Settings.EDGE_DOMAIN),
                        values.find(Settings.EDGE_URL),
                        values.find(Settings.EDGE_BRAIN_URL),
                        values.find(Settings.BRAIN_KEY),
                        values.get(Settings.ORIGIN_SECRET_HEADER),
                        values.find(Settings.ORIGIN_SECRET)),
                new EdgeConfig.Cloudflare(
                        values.get(Settings.EDGE_API_URL),
                        values.find(Settings.EDGE_ACCOUNT),
                        values.find(Settings.EDGE_KV_NAMESPACE),
                        values.find(Settings.EDGE_API_TOKEN)));
    }

    /** Notes what is wrong between values. */
    void check() {
        if (values.find(Settings.EDGE_ACCOUNT) == null && values.find(Settings.EDGE_KV_NAMESPACE) != null) {
            problem(Settings.EDGE_KV_NAMESPACE, "is of an account, and edge.account does not say which");
        }
        for (Setting<URI> setting : List.of(Settings.EDGE_URL, Settings.EDGE_BRAIN_URL, Settings.EDGE_API_URL)) {
            URI url = values.find(setting);
            if (url != null && "http".equals(url.getScheme()) && !isLoopback(url)) {
                problem(setting, "must begin with https://: secrets go there over the internet");
            }
        }
    }

    private static boolean isLoopback(URI url) {
        return List.of("127.0.0.1", "[::1]", "localhost").contains(url.getHost());
    }

    private void problem(Setting<?> setting, String text) {
        values.problem(values.source(setting), setting.path(), text);
    }
}
