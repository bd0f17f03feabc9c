package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.DataException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /api/v1/cache}: figures, answers, purge. */
final class CacheApi {
    private static final String BASE = "/api/v1/cache";
    static final int MAX_LISTED = 1_000;
    private static final int LISTED = 20;
    private static final int MAX_TEXT = 512;
    private static final Logger LOG = LoggerFactory.getLogger(CacheApi.class);

    private final AnswerCache cache;
    private final Accounts accounts;

    CacheApi(AnswerCache cache, Accounts accounts) {
        this.cache = cache;
        this.accounts = accounts;
    }

    List<Call> calls() {
        return List.of(
                Call.get(BASE, "cacheFigures", "What the cache holds and did.")
                        .answers(200, "CacheFigures")
                        .by(this::figures),
                Call.get(BASE + "/answers", "listAnswers", "Stored answers, those asked for most first.")
                        .query("route", "string", "Only those of this route.")
                        .query("tag", "string", "Only those with this tag.")
                        .query("limit", "integer", "1 to 1000; 20 by default.")
                        .answers(200, "StoredAnswers")
                        .by(this::list),
                Call.get(BASE + "/answers/{key}", "showAnswer", "The variants of one stored answer.")
                        .answers(200, "StoredAnswers")
                        .by(this::show),
                Call.post(BASE + "/purge", "purgeAnswers", "Removes stored answers: by tag, route or key, or all.")
                        .takes("Purge")
                        .answers(200, "Purged")
                        .by(this::purge));
    }

    private void figures(ServerRequest request, ServerResponse response) {
        AnswerCache.Figures figures = cache.figures();
        ObjectNode answer = Json.object();
        answer.set("requests", json(figures.requests()));
        answer.set("memory", json(figures.memory()));
        SequencedMap<String, Long> disk = figures.disk();
        answer.set("disk", disk == null ? null : json(disk));
        Json.send(response, Status.OK_200, answer);
    }

    private static ObjectNode json(SequencedMap<String, Long> numbers) {
        ObjectNode json = Json.object();
        numbers.forEach(json::put);
        return json;
    }

    private void list(ServerRequest request, ServerResponse response) {
        String route = Parameters.text(request, "route");
        requireRoute(route);
        send(
                response,
                cache.list(
                        route, Parameters.text(request, "tag"), null, Parameters.limit(request, LISTED, MAX_LISTED)));
    }

    private void show(ServerRequest request, ServerResponse response) {
        List<AnswerCache.Answer> answers =
                cache.list(null, null, request.path().pathParameters().get("key"), MAX_LISTED);
        if (answers.isEmpty()) {
            throw new Problem(
                    Status.NOT_FOUND_404, "Nothing is stored under this key; list the answers to see their keys.");
        }
        send(response, answers);
    }

    private void requireRoute(@Nullable String route) {
        if (route != null && !accounts.routes().contains(route)) {
            throw Body.invalid("There is no route \"" + route + "\"; there are "
                    + String.join(", ", accounts.routes().stream().sorted().toList()) + ".");
        }
    }

    private static void send(ServerResponse response, List<AnswerCache.Answer> answers) {
        ObjectNode content = Json.object();
        ArrayNode array = content.putArray("answers");
        answers.forEach(answer -> array.add(json(answer)));
        Json.send(response, Status.OK_200, content);
    }

    private static ObjectNode json(AnswerCache.Answer answer) {
        ObjectNode json = Json.object()
                .put("key", answer.key())
                .put("route", answer.route())
                .put("status", answer.status())
                .put("tier", answer.tier())
                .put("stored_at", Json.time(answer.storedAt()))
                .put("age", answer.ageSeconds())
                .put("ttl", answer.ttlSeconds())
                .put("fresh", answer.ttlSeconds() > 0)
                .put("bytes", answer.bytes())
                .put("content_type", answer.contentType())
                .put("index_version", answer.indexVersion())
                .put("variant", answer.variant());
        ArrayNode tags = json.putArray("tags");
        answer.tags().forEach(tags::add);
        return json;
    }

    private void purge(ServerRequest request, ServerResponse response) {
        Body body = Body.read(request, Set.of("tag", "route", "key", "all"));
        String tag = text(body, "tag");
        String route = text(body, "route");
        String key = text(body, "key");
        boolean all = body.flag("all");
        int named = (tag == null ? 0 : 1) + (route == null ? 0 : 1) + (key == null ? 0 : 1) + (all ? 1 : 0);
        if (named != 1) {
            throw Body.invalid("Say what to purge with exactly one of \"tag\", \"route\", \"key\" and \"all\": true.");
        }
        requireRoute(route);
        String actor = Actor.of(request);
        long removed = cache.purge(route, tag, key);
        note(
                actor,
                all
                        ? "all"
                        : tag != null
                                ? "tag " + Json.text(tag)
                                : route != null ? "route " + route : "key " + Json.text(String.valueOf(key)),
                removed);
        Json.send(response, Status.OK_200, Json.object().put("removed", removed));
    }

    /** The log has it in any case: a purge must not wait for a database that is away. */
    private void note(String actor, String what, long removed) {
        LOG.info("audit: cache purge of {} over the admin port: {} answers removed", what, removed);
        try {
            accounts.audit().record(actor, "cache.purge", Map.of("what", what, "removed", Long.toString(removed)));
        } catch (DataException e) {
            LOG.error("audit: the purge is not in the audit log: {}", e.getMessage());
        }
    }

    private static @Nullable String text(Body body, String name) {
        String text = body.textOrNull(name);
        if (text != null && (text.isEmpty() || text.length() > MAX_TEXT)) {
            throw Body.invalid("The member \"" + name + "\" must have 1 to " + MAX_TEXT + " characters.");
        }
        return text;
    }
}
