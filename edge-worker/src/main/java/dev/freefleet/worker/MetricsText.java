package dev.freefleet.worker;

/** The counters of an isolate in Prometheus' text format. They hold no key, no address and no question. */
final class MetricsText {
    private final StringBuilder text = new StringBuilder(2_048);

    private MetricsText() {}

    static String of(Isolate isolate) {
        MetricsText metrics = new MetricsText();
        Counters counters = isolate.counters;
        metrics.head("fleet_edge_requests_total", "counter", "Requests that this isolate has answered.");
        counters.finished.forEach((labels, count) -> metrics.line("fleet_edge_requests_total{" + labels + '}', count));
        metrics.head(
                "fleet_edge_subrequests_total",
                "counter",
                "Calls of this isolate that the platform counts or might count.");
        metrics.subrequests("cache_match", counters.cacheReads);
        metrics.subrequests("cache_put", counters.cacheWrites);
        metrics.subrequests("cache_delete", counters.cacheDeletes);
        metrics.subrequests("kv_get", counters.kvReads);
        metrics.subrequests("kv_put", counters.kvWrites);
        metrics.subrequests("origin", counters.originFetches);
        metrics.subrequests("sync", counters.syncs);
        metrics.subrequests("usage", counters.usagePosts);
        metrics.subrequests("offer", counters.offers);
        metrics.one("fleet_edge_origin_failures_total", "counter", "Asked in vain.", counters.originFailures);
        metrics.one("fleet_edge_sync_failures_total", "counter", "Sync calls in vain.", counters.syncFailures);
        metrics.one(
                "fleet_edge_faults_total",
                "counter",
                "Requests that failed by a fault of the Worker.",
                counters.faults);
        metrics.one(
                "fleet_edge_requests_under_way",
                "gauge",
                "Requests that are not over, and what is done behind them.",
                isolate.underway.requests());
        metrics.head("fleet_edge_usage_events_total", "counter", "Usage events by what became of them.");
        metrics.events("delivered", counters.usageDelivered);
        metrics.events("parked", counters.usageParked);
        metrics.events("refused", counters.usageRefused);
        metrics.events("dropped", counters.usageDropped);
        metrics.one("fleet_edge_usage_waiting", "gauge", "Usage events that are in memory.", isolate.usage.waiting());
        metrics.one(
                "fleet_edge_sync_age_ms",
                "gauge",
                "Since the fleet was heard last; -1: never.",
                isolate.sync.ageMillis(isolate.millis()));
        metrics.one("fleet_edge_uptime_ms", "gauge", "Since this isolate's first request.", isolate.uptimeMillis());
        return metrics.text.toString();
    }

    private void subrequests(String kind, long count) {
        line("fleet_edge_subrequests_total{kind=\"" + kind + "\"}", count);
    }

    private void events(String outcome, long count) {
        line("fleet_edge_usage_events_total{outcome=\"" + outcome + "\"}", count);
    }

    private void one(String name, String type, String help, long value) {
        head(name, type, help);
        line(name, value);
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(help)
                .append("\n# TYPE ")
                .append(name)
                .append(' ');
        text.append(type).append('\n');
    }

    private void line(String series, long value) {
        text.append(series).append(' ').append(value).append('\n');
    }
}
