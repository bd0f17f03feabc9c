package dev.freefleet.brain;

import java.io.IOException;
import java.util.ArrayList;
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
 * both lists by reciprocal rank (Cormack, Clarke, Buettcher, SIGIR 2009). Thread-safe.
 */
final class Retriever {

    /** Passages that each of the two searches contributes. */
    static final int DEPTH = 100;

    /** The paper's constant: how slowly a rank loses worth. */
    private static final int RANK_CONSTANT = 60;

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
        List<Hit> hits = new ArrayList<>();
        Map<String, Integer> ofDocument = new HashMap<>();
        for (ScoreDoc fused : fuse(byWords(searcher, question, asked), byMeaning(searcher, question, asked))) {
            PassageRow passage = Fields.passageRow(searcher, fused.doc);
            if (ofDocument.merge(passage.document(), 1, Integer::sum) <= MOST_OF_ONE_DOCUMENT) {
                double coverage =
                        asked.terms().coverage(passage.title() + "\n" + passage.heading() + "\n" + passage.text());
                hits.add(new Hit(passage, cosine(searcher, fused.doc, asked.vector()), coverage));
            }
        }
        return hits;
    }

    static ScoreDoc[] fuse(TopDocs... lists) {
        return TopDocs.rrf(lists.length * DEPTH, RANK_CONSTANT, lists).scoreDocs;
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
