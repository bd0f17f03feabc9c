package dev.freefleet.brain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.CombinedFieldQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.util.VectorUtil;

/**
 * Finds passages by words (BM25F over title, heading and text) and by meaning (HNSW over the sentence vectors), and joins
 * both lists by reciprocal rank. Documents are fused like passages and both scores added: when words find one passage of
 * a page and meaning another, the page has both votes. Thread-safe.
 */
final class Retriever {

    /** Passages that each of the two searches contributes. */
    static final int DEPTH = 100;

    /** So that one long document does not fill an answer's sources. */
    private static final int MOST_OF_ONE_DOCUMENT = 3;

    private static final float TITLE_WEIGHT = 3;
    private static final float HEADING_WEIGHT = 2;
    private static final float CONTEXT_WEIGHT = 0.3f;

    private final SentenceModel model;

    Retriever(SentenceModel model) {
        this.model = model;
    }

    /** The question's vector and terms, which scoring sentences needs again. */
    record Asked(float[] vector, TermWeights terms) {}

    Asked prepare(IndexSearcher searcher, Question question) throws IOException {
        float[] vector = model.embed(question.text());
        if (!question.context().isBlank()) {
            float[] context = model.embed(question.context());
            for (int i = 0; i < vector.length; i++) {
                vector[i] += CONTEXT_WEIGHT * context[i];
            }
            VectorUtil.l2normalize(vector);
        }
        return new Asked(vector, TermWeights.of(searcher.getIndexReader(), question.text()));
    }

    /** The best passages, the best first. */
    List<Hit> search(IndexSearcher searcher, Question question, Asked asked) throws IOException {
        if (searcher.getIndexReader().numDocs() == 0) {
            return List.of();
        }
        List<List<Found>> lists = List.of(
                found(searcher, byWords(searcher, question, asked)),
                found(searcher, byMeaning(searcher, question, asked)));
        List<Hit> hits = new ArrayList<>();
        Map<String, Integer> ofDocument = new HashMap<>();
        for (Found found : fuse(lists)) {
            PassageRow passage = found.passage();
            if (ofDocument.merge(passage.document(), 1, Integer::sum) <= MOST_OF_ONE_DOCUMENT) {
                double coverage =
                        asked.terms().coverage(passage.title() + "\n" + passage.heading() + "\n" + passage.text());
                hits.add(new Hit(passage, cosine(searcher, found.doc(), asked.vector()), coverage));
            }
        }
        return hits;
    }

    private record Found(int doc, PassageRow passage) {}

    private static List<Found> found(IndexSearcher searcher, TopDocs top) throws IOException {
        List<Found> found = new ArrayList<>(top.scoreDocs.length);
        for (ScoreDoc hit : top.scoreDocs) {
            found.add(new Found(hit.doc, Fields.passageRow(searcher, hit.doc)));
        }
        return found;
    }

    private static List<Found> fuse(List<List<Found>> lists) {
        Map<Found, Double> passages = RankFusion.fuse(lists);
        Map<String, Double> documents = RankFusion.fuse(lists.stream()
                .map(list ->
                        list.stream().map(found -> found.passage().document()).toList())
                .toList());
        return passages.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<Found, Double> entry) -> -entry.getValue()
                                - documents.getOrDefault(
                                        entry.getKey().passage().document(), 0.0))
                        .thenComparing(entry -> entry.getKey().passage().source()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static TopDocs byWords(IndexSearcher searcher, Question question, Asked asked) throws IOException {
        Set<String> contextTerms =
                question.context().isBlank() ? Set.of() : TermWeights.questionTerms(question.context());
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        asked.terms().terms().forEach(term -> any.add(anywhere(term), Occur.SHOULD));
        contextTerms.stream()
                .filter(term -> !asked.terms().terms().contains(term))
                .forEach(term -> any.add(new BoostQuery(anywhere(term), CONTEXT_WEIGHT), Occur.SHOULD));
        Query words = any.build();
        if (question.filter() != null) {
            words = new BooleanQuery.Builder()
                    .add(words, Occur.MUST)
                    .add(question.filter(), Occur.FILTER)
                    .build();
        }
        return searcher.search(words, DEPTH);
    }

    private static Query anywhere(String term) {
        return new CombinedFieldQuery.Builder(term)
                .addField(Fields.TITLE, TITLE_WEIGHT)
                .addField(Fields.HEADING, HEADING_WEIGHT)
                .addField(Fields.TEXT)
                .build();
    }

    private static TopDocs byMeaning(IndexSearcher searcher, Question question, Asked asked) throws IOException {
        return searcher.search(new KnnFloatVectorQuery(Fields.VECTOR, asked.vector(), DEPTH, question.filter()), DEPTH);
    }

    private static double cosine(IndexSearcher searcher, int doc, float[] vector) throws IOException {
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
        FloatVectorValues vectors = leaf.reader().getFloatVectorValues(Fields.VECTOR);
        if (vectors == null) {
            return 0;
        }
        DocIndexIterator at = vectors.iterator();
        return at.advance(doc - leaf.docBase) == doc - leaf.docBase
                ? VectorUtil.dotProduct(vector, vectors.vectorValue(at.index()))
                : 0;
    }

    /** How many documents link to that one. */
    static int engagement(IndexSearcher searcher, String document) throws IOException {
        return searcher.count(new TermQuery(new Term(Fields.LINK, document)));
    }
}
