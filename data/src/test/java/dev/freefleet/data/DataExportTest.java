package dev.freefleet.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The data plane leaves as a tar and comes back into an empty database. */
@Timeout(180)
class DataExportTest {
    private static final List<String> TABLES = List.of("users", "api_keys", "usage_logs", "usage_spool", "audit_log");

    private final DataConfig.External from = TestServer.newDatabase();
    private final DataConfig.External to = TestServer.newDatabase();

    static byte[] export(DataConfig.Database database) throws IOException {
        try (DataExport export = DataExport.open(database);
                InputStream in = export.stream()) {
            return in.readAllBytes();
        }
    }

    private void fill(int requests) {
        TestClock clock = new TestClock("2026-11-28T12:00:00Z");
        try (DataPlane plane = DataPlane.open(DataConfig.of(from), clock)) {
            User ada = plane.users().create("ada \\N \\ \"O'Neil\"", "ada@example.org");
            plane.keys()
                    .create(new NewKey(
                            ada.id(), "laptop", "default", Set.of("query"), null, List.of(), null, List.of(), 0, 1));
        }
        TestServer.execute(
                TestServer.login(from),
                "insert into usage_logs select gen_random_uuid(), '2026-11-28 00:00:00+00'::timestamptz + i * interval '1 second',"
                        + " 1, 1, 'query', 'POST', 200, 'hit', 1, 0, 10, 20, '\\x00112233445566778899aabbccddeeff',"
                        + " E'a\\ttab, a \\\\ and a\\nline ' || i, 'local' from generate_series(1, " + requests + ") i",
                "insert into usage_logs select gen_random_uuid(), '2001-01-01', null, null, 'query', 'GET', 404, 'none', 1, 0, 1, 1,"
                        + " null, null, 'local'",
                "insert into usage_spool values (gen_random_uuid(), 7, 4711, 3, now())");
    }

    private static List<String> rows(DataConfig.External database, String table) {
        return TestServer.strings(TestServer.login(database), "select t::text from " + table + " t order by 1");
    }

    @Test
    void everyRowComesBack() throws IOException {
        fill(3_000);
        byte[] tar = export(from);

        DataImport.Imported imported = DataImport.run(new ByteArrayInputStream(tar), to);

        assertThat(imported.rows())
                .isEqualTo(3_000 + 1 + 1 + 1 + 1 + rows(from, "audit_log").size());
        assertThat(TABLES)
                .allSatisfy(table -> assertThat(rows(to, table))
                        .as(table)
                        .isEqualTo(rows(from, table))
                        .isNotEmpty());
        assertThat(rows(to, "only usage_logs_20261128")).hasSize(3_000);
        try (DataPlane plane = DataPlane.open(DataConfig.of(to), new TestClock("2026-11-29T12:00:00Z"))) {
            assertThat(plane.users().create("next", null).id())
                    .as("identities go on")
                    .isEqualTo(2);
        }
    }

    @Test
    void theSameRowsMakeTheSameBytesAndMoreRowsShareThem() throws IOException {
        fill(60_000);
        byte[] first = export(from);
        assertThat(export(from)).isEqualTo(first);
        TestServer.execute(
                TestServer.login(from),
                "insert into usage_logs select gen_random_uuid(), '2026-11-28 20:00:00+00', null, null, 'query', 'GET', 404, 'none',"
                        + " 1, 0, 1, 1, null, null, 'local'");
        byte[] second = export(from);
        // The manifest, then the tables by name: the first piece of the day's partition is untouched.
        int shared = Arrays.mismatch(first, second);
        assertThat(shared).isGreaterThan(4 << 20);
    }

    // A reader whose buffer is just full where a piece ends asks for nothing, and must not be told that all is over.
    @Test
    void itIsTheSameHoweverItIsRead() throws IOException {
        fill(200);
        byte[] whole = export(from);
        for (int size : new int[] {1, 512, 4096, 1 << 20}) {
            try (DataExport export = DataExport.open(from);
                    InputStream in = export.stream()) {
                java.io.ByteArrayOutputStream read = new java.io.ByteArrayOutputStream();
                byte[] buffer = new byte[size];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    read.write(buffer, 0, n);
                    assertThat(in.read(buffer, 0, 0)).isZero();
                }
                assertThat(read.toByteArray()).as("read by %d", size).isEqualTo(whole);
            }
        }
    }

    @Test
    void oneMomentIsReadWhateverIsWrittenMeanwhile() throws IOException {
        fill(100);
        byte[] before = export(from);
        try (DataExport export = DataExport.open(from);
                InputStream in = export.stream()) {
            byte[] head = in.readNBytes(1);
            TestServer.execute(
                    TestServer.login(from),
                    "delete from usage_logs",
                    "update users set name = 'another'",
                    "insert into users (name, created_at) values ('late', now())");
            byte[] rest = in.readAllBytes();
            assertThat(head[0]).isEqualTo(before[0]);
            assertThat(rest).isEqualTo(Arrays.copyOfRange(before, 1, before.length));
        }
    }

    @Test
    void rowsThatAreThereAreNotTouched() throws IOException {
        fill(10);
        byte[] tar = export(from);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataImport.run(new ByteArrayInputStream(tar), from))
                .withMessageContaining("holds rows in users")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(DataException.Kind.CONFLICT));
        assertThat(rows(from, "users")).hasSize(1);
    }

    @Test
    void anExportThatIsCutAnywhereLeavesNoRows() throws IOException {
        fill(200);
        byte[] tar = export(from);
        // Behind the last member there are only zeros.
        int end = tar.length;
        while (tar[end - 1] == 0) {
            end--;
        }
        for (int i = 1; i <= 8; i++) {
            byte[] cut = Arrays.copyOf(tar, (int) ((long) (end - 1) * i / 8));
            assertThatExceptionOfType(DataException.class)
                    .as("cut to %d of %d", cut.length, tar.length)
                    .isThrownBy(() -> DataImport.run(new ByteArrayInputStream(cut), to));
        }
        assertThat(TestServer.strings(TestServer.login(to), "select count(*) from users"))
                .containsExactly("0");
        assertThat(DataImport.run(new ByteArrayInputStream(tar), to).rows()).isPositive();
    }

    @Test
    void anExportOfOlderTablesIsBroughtUpToDate() throws IOException {
        Schema.migrateTo(TestServer.login(from), 1);
        TestServer.execute(
                TestServer.login(from),
                "insert into users (name, created_at) values ('ada', now())",
                "insert into api_keys (id, user_id, name, plan, created_at) values (4711, 1, 'old', 'gold', now())");

        DataImport.run(new ByteArrayInputStream(export(from)), to);

        assertThat(TestServer.strings(TestServer.login(to), "select minted_plan from api_keys"))
                .containsExactly("gold");
        assertThat(TestServer.strings(
                        TestServer.login(to), "select max(version::numeric)::int from fleet_schema_history"))
                .containsExactly(Integer.toString(Schema.NEWEST));
    }

    @Test
    void anEmbeddedDatabaseThatDoesNotRunIsStartedForIt(@TempDir java.nio.file.Path folder) throws IOException {
        fill(50);
        DataConfig.Database embedded =
                DataConfig.embedded(folder.resolve("postgres")).database();
        DataImport.run(new ByteArrayInputStream(export(from)), embedded);
        assertThat(DataPlane.running(folder.resolve("postgres"))).isEmpty();

        byte[] again = export(embedded);

        assertThat(again).isEqualTo(export(from));
        assertThat(DataPlane.running(folder.resolve("postgres"))).isEmpty();
    }

    @Test
    void whatIsNoExportIsRefused() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataImport.run(new ByteArrayInputStream(new byte[2_048]), to))
                .withMessageContaining("does not begin with its manifest");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> DataExport.open(to))
                .withMessageContaining("holds no fleet's tables");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(
                        () -> PlaneManifest.parse("fleet-data-plane\t1\ntable\tusers\"; drop table users; --\tid\n"));
    }
}
