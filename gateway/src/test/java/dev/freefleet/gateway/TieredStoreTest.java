package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TieredStoreTest extends AnswerStoreContract {
    private final List<AnswerStore> opened = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        opened.forEach(AnswerStore::close);
    }

    @Override
    AnswerStore store() {
        return open(2 << 20, 64 << 20);
    }

    private AnswerStore open(long memory, long disk) {
        AnswerStore store = TieredStore.open(memory, folder.resolve("cache"), disk);
        opened.add(store);
        return store;
    }

    @Test
    void whatMemoryDropsTheDiskHas() {
        AnswerStore store = open(1 << 20, 64 << 20);
        for (int i = 0; i < 3_000; i++) {
            store.put("k" + i, answer("x".repeat(1_000) + i, "en"));
        }
        store.purge(Selection.ofKey("nothing")).join();
        assertThat(store.stats().keys()).isLessThan(1_500);
        for (int i = 0; i < 3_000; i++) {
            assertThat(contents(store, "k" + i)).containsExactly("x".repeat(1_000) + i);
        }
        assertThat(disk(store).hits()).isGreaterThan(1_500);
    }

    @Test
    void whatTheDiskHasComesBackIntoMemory() {
        AnswerStore first = store();
        first.put("k", answer("k", "en"));
        first.close();
        AnswerStore second = store();
        assertThat(second.stats().keys()).isZero();
        assertThat(contents(second, "k")).containsExactly("k");
        assertThat(second.stats().keys()).isEqualTo(1);
        assertThat(contents(second, "k")).containsExactly("k");
        assertThat(disk(second).hits()).isEqualTo(1);
    }

    @Test
    void aPurgeCountsEachAnswerOnceWhereverItIs() {
        AnswerStore first = store();
        first.put("query:old", answer("old", "en", "doc:1"));
        first.close();
        AnswerStore second = store();
        second.put("query:new", answer("new", "en", "doc:1"));
        assertThat(second.purge(Selection.ofTag("doc:1")).join()).isEqualTo(2);
        assertThat(found(second, "query:old")).isEmpty();
        assertThat(found(second, "query:new")).isEmpty();
    }

    @Test
    void aFolderThatCannotBeUsedLeavesTheMemory() throws IOException {
        Files.writeString(folder.resolve("cache"), "a file, no folder");
        AnswerStore store = store();
        store.put("k", answer("k", "en"));
        assertThat(contents(store, "k")).containsExactly("k");
        assertThat(store.stats().disk()).isNull();
    }

    @Test
    void whatIsPurgedWhileTheDiskIsNotUsedDoesNotComeBackWithIt() {
        AnswerStore first = store();
        first.put("query:a", answer("a", "en"));
        first.close();
        AnswerStore memoryAlone = open(1 << 20, 0);
        memoryAlone.purge(Selection.ALL).join();
        assertThat(found(store(), "query:a")).isEmpty();
    }

    @Test
    void noDiskIsWanted() {
        assertThat(open(1 << 20, 0)).isInstanceOf(MemoryStore.class);
        assertThat(folder.resolve("cache")).doesNotExist();
    }
}
