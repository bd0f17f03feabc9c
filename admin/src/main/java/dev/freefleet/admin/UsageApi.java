package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.DataException;
import dev.freefleet.data.UsageFilter;
import dev.freefleet.data.rollup.Figures;
import dev.freefleet.data.rollup.Rollups;
import dev.freefleet.edge.UsageEvent;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/usage}: figures, users, questions, and requests one by one. */
public final class UsageApi extends CallGroup {
    private static final String BASE = "/api/v1/usage";
    private static final String LINES = "application/x-ndjson";
    private static final int MOST_EVENTS = 10_000;
    private static final int LISTED_EVENTS = 100;
    private static final int MOST_LINES = 1_000;
    private static final int LISTED_LINES = 20;

    private final UsageBook book;
    private final Accounts accounts;

    public UsageApi(UsageBook book, Accounts accounts) {
        this.book = requireNonNull(book, "book");
        this.accounts = requireNonNull(accounts, "accounts");
    }

    @Override
    List<Call> calls() {
        return List.of(
                span(Call.get(BASE, "usageSummary", "Figures of a span of days."))
                        .query("by", "string", "What each line stands for: day, route, cache, status, node or total.")
                        .answers(200, "UsageSummary")
                        .by(this::summary),
                span(Call.get(BASE + "/users", "usageUsers", "Who asked most, of the days that are aggregated."))
                        .query("limit", "integer", "1 to 1000; 20 by default.")
                        .answers(200, "UsageUsers")
                        .by(this::users),
                span(Call.get(
                                BASE + "/queries",
                                "usageQueries",
                                "What was asked most, of the days that are aggregated."))
                        .query("limit", "integer", "1 to 1000; 20 by default.")
                        .answers(200, "UsageQueries")
                        .by(this::queries),
                filtered(Call.get(BASE + "/events", "usageEvents", "Requests one by one, the newest first."))
                        .query("limit", "integer", "1 to 10000; 100 by default.")
                        .answers(200, "UsageEvents")
                        .by(this::events),
                filtered(
                                Call.get(
                                        BASE + "/export",
                                        "usageExport",
                                        "All requests of a span, the oldest first, a JSON object a line; the last tells their number."))
                        .answers(200, LINES, "UsageExport")
                        .by(this::export));
    }

    private static Call.Draft span(Call.Draft draft) {
        return draft.required("from", "string", "The first day, or moment (RFC 3339).")
                .required("to", "string", "The last day, or the first moment after.");
    }

    private static Call.Draft filtered(Call.Draft draft) {
        return span(draft)
                .query("user", "string", "Only requests of this user.")
                .query("key", "integer", "Only requests with this key.")
                .query("route", "string", "Only requests on this route.");
    }

    private void summary(ServerRequest request, ServerResponse response) {
        Span span = Span.days(request);
        Rollups.By by = by(request.query().first("by").orElse("day"));
        ObjectNode content = Json.object();
        ArrayNode lines = content.putArray("lines");
        book.rollups()
                .summary(span.firstDay(), span.endDay(), by)
                .forEach((name, figures) -> lines.add(json(name, figures)));
        Json.send(response, Status.OK_200, content);
    }

    private static Rollups.By by(String text) {
        for (Rollups.By by : Rollups.By.values()) {
            if (by.name().toLowerCase(Locale.ROOT).equals(text)) {
                return by;
            }
        }
        throw Body.invalid("by must be day, route, cache, status, node or total.");
    }

    private static ObjectNode json(String name, Figures figures) {
        ObjectNode json = Json.object()
                .put("name", name)
                .put("requests", figures.requests())
                .put("bytes_in", figures.bytesIn())
                .put("bytes_out", figures.bytesOut())
                .put("origin_requests", figures.originRequests())
                .put("origin_us", figures.originMicros())
                .put("latency_us", figures.latencyMicros())
                .put("latency_max_us", figures.latencyMaxMicros());
        Map.of("p50_us", 0.5, "p90_us", 0.9, "p99_us", 0.99).entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(p -> json.put(p.getKey(), figures.latencies().percentile(p.getValue())));
        return json;
    }

    private void users(ServerRequest request, ServerResponse response) {
        Span span = Span.days(request);
        ObjectNode content = Json.object();
        ArrayNode users = content.putArray("users");
        book.rollups()
                .users(span.firstDay(), span.endDay(), Parameters.limit(request, LISTED_LINES, MOST_LINES))
                .forEach(user -> users.add(Json.object()
                        .put("user_id", user.userId())
                        .put("name", user.name())
                        .put("requests", user.requests())
                        .put("errors", user.errors())
                        .put("cache_hits", user.cacheHits())
                        .put("bytes_in", user.bytesIn())
                        .put("bytes_out", user.bytesOut())
                        .put("latency_us", user.latencyMicros())
                        .put("latency_max_us", user.latencyMaxMicros())));
        Json.send(response, Status.OK_200, content);
    }

    private void queries(ServerRequest request, ServerResponse response) {
        Span span = Span.days(request);
        ObjectNode content = Json.object();
        ArrayNode queries = content.putArray("queries");
        book.rollups()
                .queries(span.firstDay(), span.endDay(), Parameters.limit(request, LISTED_LINES, MOST_LINES))
                .forEach(query -> queries.add(Json.object()
                        .put("digest", query.digest())
                        .put("text", query.text())
                        .put("requests", query.requests())
                        .put("cache_hits", query.cacheHits())
                        .put("latency_us", query.latencyMicros())));
        Json.send(response, Status.OK_200, content);
    }

    private void events(ServerRequest request, ServerResponse response) {
        UsageFilter filter = filter(request);
        ObjectNode content = Json.object();
        ArrayNode events = content.putArray("events");
        book.archives()
                .read(
                        filter,
                        true,
                        Parameters.limit(request, LISTED_EVENTS, MOST_EVENTS),
                        event -> events.add(json(event)));
        Json.send(response, Status.OK_200, content);
    }

    /** As it is read, in bounded memory: that of a database that fails on the way is a last line that says so. */
    private void export(ServerRequest request, ServerResponse response) {
        UsageFilter filter = filter(request);
        response.status(Status.OK_200).header(HeaderNames.CONTENT_TYPE, LINES);
        try (OutputStream out = new BufferedOutputStream(response.outputStream(), 1 << 16)) {
            ObjectNode last = Json.object();
            try {
                last.put("end", book.archives().read(filter, false, Long.MAX_VALUE, event -> line(out, json(event))));
            } catch (DataException e) {
                last.put("error", String.valueOf(e.getMessage()));
            }
            line(out, last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void line(OutputStream out, ObjectNode json) {
        try {
            out.write(Json.bytes(json));
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private UsageFilter filter(ServerRequest request) {
        Span span = Span.of(request);
        UsageFilter filter = UsageFilter.between(span.from(), span.to());
        @Nullable Long key = Parameters.number(request, "key");
        @Nullable String route = Parameters.text(request, "route");
        @Nullable String user = Parameters.text(request, "user");
        filter = key == null ? filter : filter.ofKey(requireId(key));
        filter = route == null ? filter : filter.ofRoute(route);
        return user == null ? filter : filter.ofUser(userId(user));
    }

    /** The filter's 0 means every key, which nobody means who writes it. */
    private static long requireId(long key) {
        if (key < 1) {
            throw Body.invalid("The parameter key is a key's id, of 1 or more; list the keys to see them.");
        }
        return key;
    }

    private long userId(String name) {
        return accounts.users()
                .find(name)
                .orElseThrow(() -> new Problem(
                        Status.NOT_FOUND_404, "There is no user named \"" + name + "\"; list the users to see them."))
                .id();
    }

    private static ObjectNode json(UsageEvent event) {
        return Json.object()
                .put("id", event.id())
                .put("time", Instant.ofEpochMilli(event.timeMillis()).toString())
                .put("user_id", event.userId() == 0 ? null : event.userId())
                .put("key_id", event.keyId() == 0 ? null : event.keyId())
                .put("route", event.route())
                .put("method", event.method())
                .put("status", event.status())
                .put("cache", event.cache().label())
                .put("latency_us", event.latencyMicros())
                .put("origin_us", event.originMicros())
                .put("bytes_in", event.bytesIn())
                .put("bytes_out", event.bytesOut())
                .put("query_digest", event.queryDigest())
                .put("query_text", event.queryText())
                .put("node", event.node());
    }
}
