package dev.freefleet.brain;

import java.util.Locale;
import java.util.Set;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/** The part of the index that a question is put to. */
final class Scopes {

    private static final int MAX_TERMS = 16;

    private Scopes() {}

    /** A document, by its id or a source's, or all documents of a folder; case does not matter. */
    static Query source(String source) {
        String path = source.strip().toLowerCase(Locale.ROOT);
        int anchor = path.indexOf('#');
        path = anchor < 0 ? path : path.substring(0, anchor);
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return new TermQuery(new Term(Fields.PATH, path));
    }

    /** A folder or document of that name or path, or all whose title or heading has every word of the domain. */
    static Query domain(String domain) {
        String name = domain.strip().toLowerCase(Locale.ROOT);
        BooleanQuery.Builder any = new BooleanQuery.Builder()
                .add(source(domain), Occur.SHOULD)
                .add(new TermQuery(new Term(Fields.NAME, name)), Occur.SHOULD);
        Set<String> terms = new TextAnalyzer(false).terms(domain, MAX_TERMS);
        if (!terms.isEmpty()) {
            any.add(all(Fields.TITLE, terms), Occur.SHOULD).add(all(Fields.HEADING, terms), Occur.SHOULD);
        }
        return any.build();
    }

    private static Query all(String field, Set<String> terms) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        terms.forEach(term -> all.add(new TermQuery(new Term(field, term)), Occur.MUST));
        return all.build();
    }
}
