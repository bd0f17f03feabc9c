package dev.freefleet.brain;

import dev.freefleet.brain.DocumentRow.TermCount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Insights counted from the documents of one commit. Thread-safe. */
final class Insights {

    /** What an insight can be about; the names in lower case are the categories of requests. */
    enum Category {
        ACTIVITY,
        TERMS,
        TOPICS,
        FRESHNESS;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable Category ofLabel(String label) {
            for (Category category : values()) {
                if (category.label().equals(label)) {
                    return category;
                }
            }
            return null;
        }
    }

    private static final int NAMED = 5;

    private final Clock clock;

    Insights(Clock clock) {
        this.clock = clock;
    }

    /** At most {@code limit} insights of the category, or of all when it is null, about the time up to now. */
    List<Insight> of(Collection<DocumentRow> documents, Duration range, @Nullable Category category, int limit) {
        Instant now = clock.instant();
        Counted counted = new Counted(documents, now.minus(range), range, now.toString());
        for (Category one : Category.values()) {
            if ((category == null || category == one) && !documents.isEmpty()) {
                switch (one) {
                    case ACTIVITY -> counted.activity();
                    case TERMS -> counted.terms();
                    case TOPICS -> counted.topics();
                    case FRESHNESS -> counted.freshness(now);
                }
            }
        }
        return counted.insights.stream().limit(limit).toList();
    }

    private static final class Counted {
        private final Collection<DocumentRow> documents;
        private final long since;
        private final String span;
        private final String generatedAt;
        private final List<Insight> insights = new ArrayList<>();

        Counted(Collection<DocumentRow> documents, Instant since, Duration range, String generatedAt) {
            this.documents = documents;
            this.since = since.toEpochMilli();
            this.span = range.toDays() > 1 ? "the last " + range.toDays() + " days" : "the last 24 hours";
            this.generatedAt = generatedAt;
        }

        private void add(Category category, int dataPoints, String text) {
            double confidence = Math.round(1000.0 * dataPoints / (dataPoints + 1)) / 1000.0;
            insights.add(new Insight(text, category.label(), confidence, dataPoints, generatedAt));
        }

        void activity() {
            activity("added", row -> row.added() >= since, Comparator.comparingLong(DocumentRow::added));
            activity(
                    "changed",
                    row -> row.added() < since && row.changed() >= since,
                    Comparator.comparingLong(DocumentRow::changed));
        }

        private void activity(String what, Predicate<DocumentRow> which, Comparator<DocumentRow> when) {
            List<DocumentRow> rows = documents.stream()
                    .filter(which)
                    .sorted(when.reversed().thenComparing(DocumentRow::id))
                    .toList();
            if (!rows.isEmpty()) {
                add(
                        Category.ACTIVITY,
                        rows.size(),
                        documents(rows.size()) + " " + what + " in " + span + ", latest: " + titles(rows) + ".");
            }
        }

        /** Terms that recent documents use often and the others seldom: tf-idf over the documents' frequent words. */
        void terms() {
            Map<String, Integer> having = new HashMap<>();
            documents.forEach(row -> row.terms().forEach(term -> having.merge(term.term(), 1, Integer::sum)));
            Map<String, Double> scores = new HashMap<>();
            Map<String, Integer> uses = new HashMap<>();
            Map<String, Integer> users = new HashMap<>();
            for (DocumentRow row : documents) {
                for (TermCount term : row.changed() >= since ? row.terms() : List.<TermCount>of()) {
                    double rarity = Math.log1p((double) documents.size() / having.getOrDefault(term.term(), 1));
                    scores.merge(term.term(), (1 + Math.log(term.count())) * rarity, Double::sum);
                    uses.merge(term.term(), term.count(), Integer::sum);
                    users.merge(term.term(), 1, Integer::sum);
                }
            }
            scores.entrySet().stream()
                    .sorted(Map.Entry.<String, Double>comparingByValue()
                            .reversed()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(NAMED)
                    .map(Map.Entry::getKey)
                    .forEach(term -> add(
                            Category.TERMS,
                            users.getOrDefault(term, 0),
                            "\"" + term + "\" stands out in what came in " + span + ": "
                                    + uses.getOrDefault(term, 0) + " uses in "
                                    + documents(users.getOrDefault(term, 0)) + "."));
        }

        void topics() {
            Map<String, Integer> sizes = new HashMap<>();
            Map<String, Integer> words = new HashMap<>();
            for (DocumentRow row : documents) {
                sizes.merge(row.folder(), 1, Integer::sum);
                words.merge(row.folder(), row.words(), Integer::sum);
            }
            words.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue()
                            .reversed()
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(NAMED)
                    .forEach(folder -> add(
                            Category.TOPICS,
                            sizes.getOrDefault(folder.getKey(), 0),
                            (folder.getKey().isEmpty() ? "The top folder" : folder.getKey()) + " holds "
                                    + documents(sizes.getOrDefault(folder.getKey(), 0)) + " with "
                                    + folder.getValue() + " words."));
        }

        void freshness(Instant now) {
            List<DocumentRow> stale = documents.stream()
                    .filter(row -> row.date() < since)
                    .sorted(Comparator.comparingLong(DocumentRow::date).thenComparing(DocumentRow::id))
                    .toList();
            if (stale.isEmpty()) {
                add(Category.FRESHNESS, documents.size(), "Every document is dated in " + span + ".");
                return;
            }
            DocumentRow oldest = stale.getFirst();
            Instant date = Instant.ofEpochMilli(oldest.date());
            add(
                    Category.FRESHNESS,
                    stale.size(),
                    documents(stale.size()) + " of " + documents.size() + " dated before " + span
                            + "; the oldest is \"" + oldest.title() + "\" (" + oldest.id() + ") of "
                            + date.atZone(ZoneOffset.UTC).toLocalDate() + ", "
                            + Math.max(0, Duration.between(date, now).toDays()) + " days ago.");
        }

        private static String documents(int count) {
            return count == 1 ? "1 document" : count + " documents";
        }

        private static String titles(List<DocumentRow> rows) {
            return String.join(
                    ", ",
                    rows.stream()
                            .limit(NAMED)
                            .map(row -> "\"" + row.title() + "\"")
                            .toList());
        }
    }
}
