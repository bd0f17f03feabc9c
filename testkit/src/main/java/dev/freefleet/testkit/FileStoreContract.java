package dev.freefleet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store of whole files by name does, archives' among them. Starts with an empty one for each test. */
public abstract class FileStoreContract {
    /** Where the test, and a store that is a folder, may write. */
    @TempDir
    protected Path folder;

    private Store store;

    /** The store under test, by the methods of the port that it implements. */
    public interface Store {
        /** Stores a file's content in the place of what may be there. */
        void put(String name, Path file) throws IOException;

        /** Copies an object's content into a file. @return whether there is one */
        boolean get(String name, Path file) throws IOException;

        /** The names that begin so, ascending. */
        List<String> list(String prefix) throws IOException;

        /** Removes an object, if there is one. */
        void delete(String name) throws IOException;
    }

    /** An empty one. */
    protected abstract Store store() throws Exception;

    @BeforeEach
    void open() throws Exception {
        store = store();
    }

    private Path file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "", ""), content);
    }

    private String read(String name) throws IOException {
        Path to = folder.resolve("read");
        return store.get(name, to) ? Files.readString(to) : "none";
    }

    @Test
    void whatWasPutIsReadAndAnotherPutTakesItsPlace() throws Exception {
        store.put("usage/2026/11/23/part-1-0.parquet", file("one"));
        assertThat(read("usage/2026/11/23/part-1-0.parquet")).isEqualTo("one");

        store.put("usage/2026/11/23/part-1-0.parquet", file("another"));
        assertThat(read("usage/2026/11/23/part-1-0.parquet")).isEqualTo("another");
        assertThat(store.list("usage/")).containsExactly("usage/2026/11/23/part-1-0.parquet");
    }

    @Test
    void whatIsNotThereIsNotThere() throws Exception {
        assertThat(store.list("usage/")).isEmpty();
        assertThat(read("usage/none")).isEqualTo("none");
        store.delete("usage/none");
    }

    @Test
    void namesAreListedByPrefixInOrder() throws Exception {
        for (String name : new String[] {"usage/2026/11/24/a", "usage/2026/11/23/b", "other/c"}) {
            store.put(name, file(name));
        }
        assertThat(store.list("usage/")).containsExactly("usage/2026/11/23/b", "usage/2026/11/24/a");
        store.delete("usage/2026/11/23/b");
        assertThat(store.list("")).containsExactly("other/c", "usage/2026/11/24/a");
    }

    @Test
    void anEmptyObjectAndALargeOneComeBack() throws Exception {
        String large = "0123456789abcdef".repeat(2_500_000);
        store.put("usage/large", file(large));
        store.put("usage/empty", file(""));

        assertThat(read("usage/large")).isEqualTo(large);
        assertThat(read("usage/empty")).isEmpty();
    }
}
