package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
        store.clear();
        assertThat(found(store, "b")).isEmpty();
    }

    @Test
    void answersAreRemovedByWhatTheyAre() {
        AnswerStore store = store();
        store.put("a", answer("a", "en", "doc:1", "doc:2"));
        store.put("a", answer("a", "de", "doc:3"));
        store.put("b", answer("b", "en", "doc:2"));
        store.put("c", answer("c", "en", "doc:3"));
        assertThat(store.removeIf(answer -> answer.tags().contains("doc:2"))).isEqualTo(2);
        assertThat(found(store, "a")).hasSize(1);
        assertThat(found(store, "b")).isEmpty();
        assertThat(found(store, "c")).hasSize(1);
    }

    @Test
    void theBoundHolds() {
        AnswerStore store = store();
        String content = "x".repeat(10_000);
        for (int i = 0; i < 2_000; i++) {
            store.put("k" + i, answer(content, "en"));
        }
        Await.until(
                "it is within its bound",
                () -> store.stats().bytes() <= store.stats().maxBytes());
        AnswerStore.Stats stats = store.stats();
        assertThat(stats.evictions()).isPositive();
        assertThat(stats.keys()).isPositive().isLessThan(2_000);
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
