package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every store of answers does. */
abstract class AnswerStoreContract {
    /** An empty store of 1 MiB or more. */
    abstract AnswerStore store();

    static StoredAnswer answer(String content, String language, String... tags) {
        Fields fields = Fields.of("content-type", "text/plain", "vary", "accept-language");
        return new StoredAnswer(
                200,
                fields,
                1_000,
                2_000,
                Fields.of("accept-language", language),
                "v1",
                List.of(tags),
                new HeldBody(content.getBytes(StandardCharsets.UTF_8), fields));
    }

    static List<StoredAnswer> found(AnswerStore store, String key) {
        CompletableFuture<List<StoredAnswer>> found = new CompletableFuture<>();
        store.lookup(key, found::complete);
        return found.orTimeout(10, TimeUnit.SECONDS).join();
    }

    static List<String> contents(AnswerStore store, String key) {
        return found(store, key).stream()
                .map(answer -> new String(((HeldBody) answer.body()).content(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The tier on disk, which must be there. */
    static AnswerStore.Disk disk(AnswerStore store) {
        return Objects.requireNonNull(store.stats().disk());
    }

    @Test
    void whatIsStoredIsFoundAsItWas() {
        AnswerStore store = store();
        StoredAnswer stored = answer("hello", "en", "doc:1");
        store.put("k", stored);
        StoredAnswer found = found(store, "k").getFirst();
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.fields()).isEqualTo(stored.fields());
        assertThat(found.selecting()).isEqualTo(stored.selecting());
        assertThat(found.requestMillis()).isEqualTo(1_000);
        assertThat(found.responseMillis()).isEqualTo(2_000);
        assertThat(found.indexVersion()).isEqualTo("v1");
        assertThat(found.tags()).containsExactly("doc:1");
        assertThat(found.body().length()).isEqualTo(5);
        assertThat(contents(store, "k")).containsExactly("hello");
    }

    @Test
    void whatIsNotStoredIsNotFound() {
        assertThat(found(store(), "nothing")).isEmpty();
    }

    @Test
    void whatWasPutLastIsFoundWhereverItJustIs() {
        AnswerStore store = store();
        for (int i = 0; i < 5_000; i++) {
            store.put("k", answer("en" + i, "en"));
            assertThat(contents(store, "k")).contains("en" + i);
        }
    }

    @Test
    void variantsStandBesideEachOtherAndReplaceTheirLike() {
        AnswerStore store = store();
        store.put("k", answer("hello", "en"));
        store.put("k", answer("hallo", "de"));
        store.put("k", answer("hi", "en"));
        assertThat(contents(store, "k")).containsExactlyInAnyOrder("hi", "hallo");
    }

    @Test
    void variantsAreBounded() {
        AnswerStore store = store();
        for (int i = 0; i < 3 * AnswerStore.MAX_VARIANTS; i++) {
            store.put("k", answer("x", "l" + i));
        }
        assertThat(found(store, "k")).hasSize(AnswerStore.MAX_VARIANTS);
    }

    @Test
    void whatIsRemovedIsGone() {
        AnswerStore store = store();
        store.put("a", answer("a", "en"));
        store.put("b", answer("b", "en"));
        store.remove("a");
        assertThat(found(store, "a")).isEmpty();
        assertThat(found(store, "b")).hasSize(1);
        store.purge(Selection.ALL).join();
        assertThat(found(store, "b")).isEmpty();
    }

    @Test
    void answersAreRemovedByWhatTheyAre() {
        AnswerStore store = store();
        store.put("a", answer("a", "en", "doc:1", "doc:2"));
        store.put("a", answer("a", "de", "doc:3"));
        store.put("b", answer("b", "en", "doc:2"));
        store.put("c", answer("c", "en", "doc:3"));
        assertThat(store.purge(Selection.ofTag("doc:2")).join()).isEqualTo(2);
        assertThat(found(store, "a")).hasSize(1);
        assertThat(found(store, "b")).isEmpty();
        assertThat(found(store, "c")).hasSize(1);
    }

    @Test
    void aPurgeTakesARouteAKeyOrAllThatIsMeantAndSaysHowMany() {
        AnswerStore store = store();
        store.put("query:a", answer("a", "en", "doc:1"));
        store.put("query:a", answer("a", "de", "doc:2"));
        store.put("query:b", answer("b", "en", "*"));
        store.put("query.smart:c", answer("c", "en", "doc:1"));
        assertThat(store.purge(new Selection("query", "doc:9", null)).join())
                .as("an answer whose tags nobody knows goes with each tag")
                .isEqualTo(1);
        assertThat(store.purge(Selection.ofKey("query:b")).join()).isZero();
        assertThat(store.purge(Selection.ofRoute("query")).join()).isEqualTo(2);
        assertThat(contents(store, "query.smart:c")).containsExactly("c");
        assertThat(store.purge(Selection.ofKey("query.smart:c")).join()).isEqualTo(1);
        store.put("query:d", answer("d", "en"));
        store.put("query:e", answer("e", "en"));
        assertThat(store.purge(Selection.ALL).join()).isEqualTo(2);
        assertThat(found(store, "query:d")).isEmpty();
        store.put("query:d", answer("new", "en"));
        assertThat(contents(store, "query:d")).containsExactly("new");
    }

    @Test
    void aListIsBoundedAndShowsWhatIsMeant() {
        AnswerStore store = store();
        for (int i = 0; i < 20; i++) {
            store.put("query:" + i, answer("x", "en", "doc:" + i % 2));
        }
        store.put("other:1", answer("y", "en", "doc:1"));
        store.purge(Selection.ofKey("nothing")).join();
        assertThat(store.list(Selection.ALL, 7).join()).hasSize(7);
        assertThat(store.list(Selection.ofRoute("query"), 100).join()).hasSize(20);
        assertThat(store.list(Selection.ofTag("doc:1"), 100).join()).hasSize(11);
        assertThat(store.list(Selection.ofKey("other:1"), 100).join())
                .singleElement()
                .satisfies(kept -> {
                    assertThat(kept.key()).isEqualTo("other:1");
                    assertThat(((HeldBody) kept.answer().body()).content())
                            .asString()
                            .isEqualTo("y");
                });
    }

    @Test
    void theBoundHolds() {
        AnswerStore store = store();
        String content = "x".repeat(10_000);
        for (int i = 0; i < 2_000; i++) {
            store.put("k" + i, answer(content, "en"));
        }
        Await.until(
                "it has dropped some and is within its bound",
                () -> store.stats().evictions() > 0
                        && store.stats().bytes() <= store.stats().maxBytes());
        assertThat(store.stats().keys()).isPositive().isLessThan(2_000);
    }

    @Test
    void threadsDoNotDisturbEachOther() {
        AnswerStore store = store();
        IntStream.range(0, 4_000).parallel().forEach(i -> {
            store.put("k" + i % 7, answer("c" + i % 7, "l" + i % 5));
            assertThat(contents(store, "k" + i % 7)).isNotEmpty().allMatch(text -> text.equals("c" + i % 7));
        });
    }
}
