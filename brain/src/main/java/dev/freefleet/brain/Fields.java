package dev.freefleet.brain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;

/**
 * How documents and passages lie in Lucene. Both are Lucene documents of one index, written as one block, so that a
 * commit never has one without the other; {@link #KIND} tells them apart.
 */
final class Fields {

    static final String KIND = "kind";
    static final String KIND_DOCUMENT = "document";
    static final String KIND_PASSAGE = "passage";
    /** The document's id, on both kinds: what a changed document is replaced by. */
    static final String DOCUMENT = "document";

    static final String TITLE = "title";
    static final String HEADING = "heading";
    static final String TEXT = "text";
    static final String VECTOR = "vector";
    /** Each folder above the document and the document itself, lower case: what a path filter matches. */
    static final String PATH = "path";
    /** Each name in the path, without the file's ending, lower case: what a domain matches. */
    static final String NAME = "name";

    /** Ids that the document links to. */
    static final String LINK = "link";
    /** The document's frequent words. */
    static final String FREQUENT = "frequent";

    private static final String STORED = "row";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Fields() {}

    static Document document(DocumentRow row) {
        Document document = new Document();
        document.add(new StringField(KIND, KIND_DOCUMENT, Store.NO));
        document.add(new StringField(DOCUMENT, row.id(), Store.NO));
        row.links().forEach(link -> document.add(new StringField(LINK, link, Store.NO)));
        row.terms().forEach(term -> document.add(new StringField(FREQUENT, term.term(), Store.NO)));
        document.add(new StoredField(STORED, json(row)));
        return document;
    }

    static Document passage(PassageRow row, float[] vector) {
        Document document = new Document();
        document.add(new StringField(KIND, KIND_PASSAGE, Store.NO));
        document.add(new StringField(DOCUMENT, row.document(), Store.NO));
        paths(row.document()).forEach(path -> document.add(new StringField(PATH, path, Store.NO)));
        names(row.document()).forEach(name -> document.add(new StringField(NAME, name, Store.NO)));
        document.add(new TextField(TITLE, row.title(), Store.NO));
        document.add(new TextField(HEADING, row.heading(), Store.NO));
        document.add(new TextField(TEXT, row.text(), Store.NO));
        document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        document.add(new StoredField(STORED, json(row)));
        return document;
    }

    /** {@code a/b/c.md} lies under {@code a}, {@code a/b} and {@code a/b/c.md}. */
    private static Set<String> paths(String id) {
        Set<String> paths = new LinkedHashSet<>();
        String lower = id.toLowerCase(Locale.ROOT);
        for (int slash = lower.indexOf('/'); slash > 0; slash = lower.indexOf('/', slash + 1)) {
            paths.add(lower.substring(0, slash));
        }
        paths.add(lower);
        return paths;
    }

    private static Set<String> names(String id) {
        Set<String> names =
                new LinkedHashSet<>(List.of(id.toLowerCase(Locale.ROOT).split("/", -1)));
        String file = id.substring(id.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        int dot = file.lastIndexOf('.');
        names.add(dot > 0 ? file.substring(0, dot) : file);
        return names;
    }

    static Term documentTerm(String id) {
        return new Term(DOCUMENT, id);
    }

    static DocumentRow documentRow(IndexSearcher searcher, int doc) throws IOException {
        return row(searcher, doc, DocumentRow.class);
    }

    static PassageRow passageRow(IndexSearcher searcher, int doc) throws IOException {
        return row(searcher, doc, PassageRow.class);
    }

    private static <T> T row(IndexSearcher searcher, int doc, Class<T> type) throws IOException {
        return MAPPER.readValue(
                searcher.storedFields().document(doc, Set.of(STORED)).get(STORED), type);
    }

    private static String json(Object row) {
        try {
            return MAPPER.writeValueAsString(row);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("rows are plain records", e);
        }
    }
}
