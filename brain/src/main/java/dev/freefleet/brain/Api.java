package dev.freefleet.brain;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.freefleet.brain.Answerer.Answered;
import dev.freefleet.brain.Answerer.Selection;
import dev.freefleet.brain.text.Entity;
import dev.freefleet.brain.text.EntityExtractor;
import dev.freefleet.brain.text.EntityType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each call means: its content checked, its answer as a value. Knows nothing of HTTP. Thread-safe. */
final class Api {

    static final int MAX_LIMIT = 50;
    static final int DEFAULT_LIMIT = 5;
    static final int MAX_QUERY_CHARS = 4_000;
    private static final int MAX_CONTEXT_CHARS = 16_000;
    private static final int MAX_NAME_CHARS = 500;
    private static final int DEFAULT_INSIGHTS = 10;

    private final BrainIndex index;
    private final Answerer answerer;
    private final Insights insights;

    Api(BrainIndex index, Answerer answerer, Clock clock) {
        this.index = index;
        this.answerer = answerer;
        this.insights = new Insights(clock);
    }

    /** A value for JSON and the index version that it was made from. */
    record Reply(Object value, Instant lastUpdate) {}

    record Entities(List<FoundEntity> entities) {}

    record FoundEntity(String text, String type, double confidence, String context) {}

    record InsightList(@JsonProperty("insights") List<Insight> insights) {}

    Reply query(String query, String context, int limit) {
        return reply(answerer.answer(new Question(query, context, null, limit), Selection.ALL));
    }

    Reply query(JsonBody body) {
        return query(body.text("query", MAX_QUERY_CHARS), body.optionalText("context", MAX_CONTEXT_CHARS), limit(body));
    }

    Reply smart(JsonBody body) {
        String query = body.text("query", MAX_QUERY_CHARS);
        JsonBody filters = body.object("filters");
        String source = filters.optionalText("source", MAX_NAME_CHARS);
        String verdictLabel = filters.optionalText("verdict", MAX_NAME_CHARS);
        Verdict verdict = verdictLabel.isEmpty() ? null : Verdict.ofLabel(verdictLabel);
        if (!verdictLabel.isEmpty() && verdict == null) {
            throw ApiError.badRequest("filters.verdict is unknown.", "Use strong, moderate or weak.");
        }
        String orderLabel = body.optionalText("sort_by", MAX_NAME_CHARS);
        SourceOrder order = orderLabel.isEmpty() ? SourceOrder.SCORE : SourceOrder.ofLabel(orderLabel);
        if (order == null) {
            throw ApiError.badRequest("sort_by is unknown.", "Use score, date or engagement.");
        }
        Selection selection = new Selection(filters.fraction("min_score", 0), verdict, order);
        Question question = new Question(query, "", source.isBlank() ? null : Scopes.source(source), limit(body));
        return reply(answerer.answer(question, selection));
    }

    Reply wisdom(JsonBody body) {
        String domain = body.text("domain", MAX_NAME_CHARS);
        String query = body.text("query", MAX_QUERY_CHARS);
        return reply(answerer.answer(new Question(query, "", Scopes.domain(domain), limit(body)), Selection.ALL));
    }

    Reply entities(JsonBody body) {
        String text = body.text("text", Integer.MAX_VALUE);
        Set<EntityType> wanted = EnumSet.noneOf(EntityType.class);
        for (String label : body.texts("types", EntityType.values().length, MAX_NAME_CHARS)) {
            EntityType type = EntityType.ofLabel(label);
            if (type == null) {
                throw ApiError.badRequest("types has an unknown type.", "Known are " + labels() + ".");
            }
            wanted.add(type);
        }
        List<Entity> found = EntityExtractor.extract(text, wanted.isEmpty() ? EnumSet.allOf(EntityType.class) : wanted);
        List<FoundEntity> told = found.stream()
                .map(one -> new FoundEntity(one.text(), one.type().label(), one.confidence(), one.context()))
                .toList();
        return new Reply(new Entities(told), index.lastUpdate());
    }

    Reply insights(JsonBody body) {
        Duration range = range(body.optionalText("time_range", MAX_NAME_CHARS));
        String label = body.optionalText("category", MAX_NAME_CHARS).toLowerCase(Locale.ROOT);
        Insights.@Nullable Category category = label.isEmpty() ? null : Insights.Category.ofLabel(label);
        if (!label.isEmpty() && category == null) {
            throw ApiError.badRequest("category is unknown.", "Use activity, terms, topics or freshness.");
        }
        int limit = body.integer("limit", DEFAULT_INSIGHTS, 1, MAX_LIMIT);
        return index.read(view -> new Reply(
                new InsightList(
                        insights.of(BrainIndex.documents(view.searcher()).values(), range, category, limit)),
                view.lastUpdate()));
    }

    private static int limit(JsonBody body) {
        return body.integer("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    }

    private static Duration range(String label) {
        return switch (label) {
            case "24h" -> Duration.ofHours(24);
            case "7d" -> Duration.ofDays(7);
            case "", "30d" -> Duration.ofDays(30);
            default -> throw ApiError.badRequest("time_range is unknown.", "Use 24h, 7d or 30d.");
        };
    }

    private static String labels() {
        return String.join(
                ", ",
                EnumSet.allOf(EntityType.class).stream().map(EntityType::label).toList());
    }

    private static Reply reply(Answered answered) {
        return new Reply(answered.answer(), answered.lastUpdate());
    }
}
