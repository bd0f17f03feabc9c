package dev.freefleet.brain;

import dev.freefleet.brain.Answer.Metadata;
import dev.freefleet.brain.Answer.Source;
import dev.freefleet.brain.BrainIndex.View;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.lucene.search.IndexSearcher;
import org.jspecify.annotations.Nullable;

/** Answers questions: finds passages, filters and sorts them, and takes the sentences that say most. Thread-safe. */
final class Answerer {

    /** Below this no sentence is offered as an answer. */
    private static final double LEAST_CONFIDENCE = 0.05;

    private final BrainIndex index;
    private final Retriever retriever;
    private final AnswerSentences sentences;
    private final LongSupplier nanoTime;

    Answerer(BrainIndex index, SentenceModel model, LongSupplier nanoTime) {
        this.index = index;
        this.retriever = new Retriever(model);
        this.sentences = new AnswerSentences(model);
        this.nanoTime = nanoTime;
    }

    /** What of the found is wanted, and in which order. */
    record Selection(double minConfidence, @Nullable Verdict verdict, SourceOrder order) {
        static final Selection ALL = new Selection(0, null, SourceOrder.SCORE);

        boolean takes(Hit hit) {
            return hit.confidence() >= minConfidence && (verdict == null || Verdict.of(hit.confidence()) == verdict);
        }
    }

    /** An answer and the index version that gave it. */
    record Answered(Answer answer, Instant lastUpdate) {}

    Answered answer(Question question, Selection selection) {
        long start = nanoTime.getAsLong();
        return index.read(view -> new Answered(answer(view, question, selection, start), view.lastUpdate()));
    }

    private Answer answer(View view, Question question, Selection selection, long start) throws IOException {
        IndexSearcher searcher = view.searcher();
        Retriever.Asked asked = retriever.prepare(searcher, question);
        List<Hit> hits = retriever.search(searcher, question, asked).stream()
                .filter(selection::takes)
                .limit(question.limit())
                .toList();
        double confidence = hits.stream().mapToDouble(Hit::confidence).max().orElse(0);
        String answer =
                confidence < LEAST_CONFIDENCE ? "Nothing in the index answers this." : sentences.from(hits, asked);
        List<Source> sources = new ArrayList<>(hits.size());
        for (Hit hit : hits) {
            sources.add(source(searcher, hit));
        }
        sources.sort(selection.order().comparator());
        return new Answer(answer, sources, confidence, TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - start));
    }

    private static Source source(IndexSearcher searcher, Hit hit) throws IOException {
        PassageRow passage = hit.passage();
        Metadata metadata = new Metadata(
                passage.title(),
                passage.document(),
                passage.heading(),
                passage.position(),
                Instant.ofEpochMilli(passage.date()).toString(),
                Verdict.of(hit.confidence()).label(),
                Retriever.engagement(searcher, passage.document()));
        return new Source(passage.source(), passage.format(), passage.text(), hit.confidence(), metadata);
    }
}
