package dev.freefleet.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.config.TestFiles;
import dev.freefleet.cli.datadir.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands, without a fleet, on a data directory that has no database and a folder of notes. */
@Timeout(180)
class BackupCommandTest {
    @TempDir
    Path home;

    private Path notes;

    @BeforeEach
    void fleetThatDoesNotRun() throws IOException {
        try (DataDirectory directory = DataDirectory.open(home.resolve("fleet-data"))) {
            assertThat(directory.secrets().signing()).isNotEmpty();
            assertThat(directory.secrets().adminToken()).isNotEmpty();
        }
        notes = Files.createDirectories(home.resolve("notes"));
        Files.writeString(notes.resolve("a.md"), "whales\n");
        Files.createDirectories(notes.resolve("deep"));
        Files.write(notes.resolve("deep/b.bin"), new byte[100_000]);
        configure("");
    }

    private void configure(String more) throws IOException {
        Files.writeString(home.resolve("fleet.yaml"), """
                backup:
                  sources: [fleet]
                  folders: [notes]
                """ + more);
    }

    private Outcome fleet(String... arguments) {
        List<String> all = new ArrayList<>(List.of("backup"));
        all.addAll(List.of(arguments));
        return new CommandLineTool(home).run(all.toArray(String[]::new));
    }

    private JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Outcome outcome = fleet(all.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(outcome.out());
    }

    private String snapshotOf(String source) throws IOException {
        String found = "";
        for (JsonNode s : json("list").path("snapshots")) {
            found = s.path("source").asText().equals(source) ? s.path("id").asText() : found;
        }
        assertThat(found).isNotEmpty();
        return found;
    }

    @Test
    void theFirstRunMakesAKeyFileAndSaysSoLoudly() throws IOException {
        Outcome first = fleet("run");

        Path key = home.resolve("fleet-backup.key");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.err()).contains(key.toString(), "KEEP A COPY OF IT SOMEWHERE ELSE");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(first.out()).contains("SNAPSHOT", "fleet ", notes.toString());
        assertThat(fleet("run").err()).doesNotContain("KEEP A COPY");
        // The repository holds nothing that a reader without the key could find.
        String secret = Files.readString(home.resolve("fleet-data/secrets/signing.1"));
        try (Stream<Path> objects = Files.walk(home.resolve("fleet-backup"))) {
            assertThat(objects.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(
                            object -> assertThat(Files.readString(object, java.nio.charset.StandardCharsets.ISO_8859_1))
                                    .doesNotContain(secret.strip(), "whales"));
        }
    }

    @Test
    void whatWasBackedUpIsListedShownReadAndCompared() throws IOException {
        assertThat(fleet("run", "--tag", "before").code()).isZero();
        Files.writeString(notes.resolve("c.md"), "new\n");
        Files.delete(notes.resolve("a.md"));
        assertThat(fleet("run", "--source", notes.toString()).code()).isZero();

        JsonNode list = json("list");
        assertThat(list.path("snapshots")).hasSize(3);
        assertThat(list.path("capacity").path("days_of_history").asInt()).isPositive();
        String before = list.path("snapshots").get(1).path("id").asText();
        String after = list.path("snapshots").get(2).path("id").asText();
        assertThat(json("show", before.substring(0, 10)).path("tags").get(0).asText())
                .isEqualTo("before");
        assertThat(fleet("show", after).out()).contains("source", notes.toString());
        assertThat(fleet("ls", before).out()).contains("a.md", "deep/b.bin").doesNotContain("c.md");
        assertThat(fleet("ls", before, "deep").out()).contains("deep/b.bin").doesNotContain("a.md");
        assertThat(fleet("diff", before, after).out().lines()).contains("- a.md", "+ c.md");
        assertThat(fleet("list").out()).contains("days of history fit");
    }

    @Test
    void aRestoreGoesToAnotherPlaceAndOverTheOriginalOnlyWhenTold() throws IOException {
        assertThat(fleet("run").code()).isZero();
        Files.writeString(notes.resolve("a.md"), "changed since\n");
        String id = snapshotOf(notes.toString());

        Outcome elsewhere = fleet("restore", id);
        Path made = home.resolve("restored-" + id.substring(0, 8));
        assertThat(elsewhere.code()).as(elsewhere.err()).isZero();
        assertThat(made.resolve("a.md")).hasContent("whales\n");
        assertThat(notes.resolve("a.md")).hasContent("changed since\n");
        assertThat(fleet("restore", id).err()).contains("is not empty");

        assertThat(fleet("restore", id, "--path", "deep", "--to", "one").code()).isZero();
        assertThat(home.resolve("one/deep/b.bin")).hasBinaryContent(new byte[100_000]);
        assertThat(home.resolve("one/a.md")).doesNotExist();
        assertThat(fleet("restore", id, "--path", "nowhere", "--to", "two").err())
                .contains("Nothing in the snapshot is called nowhere");

        assertThat(fleet("restore", id, "--tar", "notes.tar").code()).isZero();
        assertThat(home.resolve("notes.tar")).exists();
        assertThat(fleet("restore", id, "--tar", "notes.tar").err()).contains("is there already");

        assertThat(fleet("restore", id, "--over").code()).isZero();
        assertThat(notes.resolve("a.md")).hasContent("whales\n");
    }

    @Test
    void theFleetsOwnFilesComeBackWithTheirModes() throws IOException {
        assertThat(fleet("run").code()).isZero();
        byte[] secret = Files.readAllBytes(home.resolve("fleet-data/secrets/signing.1"));

        Outcome beside = fleet("restore", "--json");
        assertThat(beside.code()).as(beside.err()).isZero();
        Path there =
                Path.of(new ObjectMapper().readTree(beside.out()).path("target").asText());
        assertThat(there.getFileName().toString()).startsWith("fleet-data.restored-");
        assertThat(there.resolve("secrets/signing.1")).hasBinaryContent(secret);

        WorkFolder.delete(home.resolve("fleet-data"));
        Outcome lost = fleet("restore");
        assertThat(lost.code()).as(lost.err()).isZero();
        assertThat(home.resolve("fleet-data/secrets/signing.1")).hasBinaryContent(secret);
        assertThat(home.resolve("fleet-data/restored-fleet.yaml")).exists();
        for (String folder : List.of("fleet-data", "fleet-data/secrets")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve(folder))))
                    .isEqualTo("rwx------");
        }
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(home.resolve("fleet-data/secrets/signing.1"))))
                .isEqualTo("rw-------");

        Files.writeString(home.resolve("fleet-data/first-key"), "mine\n");
        Outcome over = fleet("restore", "--over");
        assertThat(over.code()).as(over.err()).isZero();
        assertThat(home.resolve("fleet-data/first-key")).doesNotExist();
        try (Stream<Path> all = Files.list(home)) {
            assertThat(all.filter(p -> p.getFileName().toString().startsWith("fleet-data.before-restore-")))
                    .singleElement()
                    .satisfies(aside -> assertThat(aside.resolve("first-key")).hasContent("mine\n"));
        }
        try (Stream<Path> all = Files.list(home)) {
            assertThat(all.map(p -> p.getFileName().toString())).noneMatch(name -> name.endsWith(".restoring"));
        }
    }

    @Test
    void aRunningFleetIsNotRestoredOver() throws IOException {
        assertThat(fleet("run").code()).isZero();
        try (DataDirectory held = DataDirectory.open(home.resolve("fleet-data"))) {
            assertThat(held.path()).exists();
            assertThat(fleet("restore", "--over").err()).contains("A fleet runs");
        }
        assertThat(home.resolve("fleet-data/secrets/signing.1")).exists();
    }

    /** What says that it is damaged says to restore it from a backup. */
    @Test
    void aDamagedDataDirectoryIsRestoredOver() throws IOException {
        assertThat(fleet("run").code()).isZero();
        Path data = home.resolve("fleet-data");
        byte[] secret = Files.readAllBytes(data.resolve("secrets/signing.1"));
        Files.writeString(data.resolve("VERSION"), "\0\0");
        assertThat(fleet("run").err()).contains("damaged", "restore the directory from a backup");
        Outcome over = fleet("restore", "--over");
        assertThat(over.code()).as(over.err()).isZero();
        assertThat(data.resolve("secrets/signing.1")).hasBinaryContent(secret);
        assertThat(fleet("run").code()).isZero();
    }

    @Test
    void aLostOrWrongKeyIsAClearRefusalAndNothingIsOverwritten() throws IOException {
        assertThat(fleet("run").code()).isZero();
        Path key = home.resolve("fleet-backup.key");
        byte[] right = Files.readAllBytes(key);
        Files.delete(key);

        for (String command : List.of("run", "list", "restore", "verify", "prune")) {
            Outcome lost = fleet(command);
            assertThat(lost.code()).as(command).isEqualTo(1);
            assertThat(lost.err()).as(command).contains("what opens them is not here", key.toString());
            assertThat(key).doesNotExist();
        }
        Files.write(key, new byte[48]);
        assertThat(fleet("list").err()).contains("opens with the passphrase or key file given");
        assertThat(fleet("run").code()).isEqualTo(1);
        Files.write(key, right);
        assertThat(json("list").path("snapshots")).hasSize(2);
    }

    @Test
    void aPassphraseReplacesTheKeyFile() throws IOException {
        assertThat(fleet("run").code()).isZero();
        Files.writeString(home.resolve("pass"), "correct horse battery staple\n");
        assertThat(fleet("key", "add", "--label", "mine", "--passphrase-file", "pass")
                        .code())
                .isZero();
        JsonNode keys = json("key", "list").path("keys");
        assertThat(keys).hasSize(2);
        String old = "";
        for (JsonNode key : keys) {
            old = key.path("kind").asText().equals("key file") ? key.path("id").asText() : old;
        }
        assertThat(fleet("key", "remove", old).code()).isZero();
        assertThat(fleet("list").code()).isEqualTo(1);
        configure("  passphrase: file:pass\n");
        assertThat(fleet("list").code()).isZero();
        JsonNode last = json("key", "list").path("keys").get(0);
        assertThat(fleet("key", "remove", last.path("id").asText()).err()).contains("is the last one");
    }

    @Test
    void copiesGoOffSiteAndComeBackFromThere() throws IOException {
        configure("  off-site: other\n");
        JsonNode run = json("run");
        assertThat(run.path("off_site").path("copied")).hasSize(2);
        assertThat(json("run", "--no-copy", "--source", "fleet").has("off_site"))
                .isFalse();
        assertThat(fleet("copy").out()).startsWith("1 snapshots copied from local to off-site");
        assertThat(fleet("copy").out()).startsWith("0 snapshots copied");

        WorkFolder.delete(home.resolve("fleet-backup"));
        WorkFolder.delete(home.resolve("fleet-data"));
        assertThat(fleet("restore").err()).contains("There are no backups in");
        Outcome back = fleet("restore", "--store", "off-site");
        assertThat(back.code()).as(back.err()).isZero();
        assertThat(home.resolve("fleet-data/secrets/signing.1")).exists();
        assertThat(fleet("copy", "--from", "off-site", "--all").out()).startsWith("3 snapshots copied from off-site");
    }

    @Test
    void whatLiesElsewhereOrWaitsComesBackToo() throws Exception {
        TestFiles.ownCertificate(home, "gateway");
        Path archived = Files.createDirectories(home.resolve("archives/usage")).resolve("part-1-0.parquet");
        Files.writeString(archived, "rows of a past day\n");
        Path data = home.resolve("fleet-data");
        Path spool = Files.createDirectories(data.resolve("spool"));
        Files.writeString(spool.resolve("id"), "11111111-2222-3333-4444-555555555555\n");
        Files.writeString(spool.resolve("000001795449600000.spool"), "events\n");
        Files.writeString(spool.resolve("ring"), "of the moment\n");
        Files.writeString(home.resolve("fleet.yaml"), """
                tls: {cert: gateway.pem, key: gateway.key}
                archive: {folder: archives}
                backup: {sources: [data, fleet]}
                """);
        Outcome run = fleet("run");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("spool .*\n").contains("archive ", "3 snapshots made");

        WorkFolder.delete(data);
        Outcome restored = fleet("restore");
        assertThat(restored.code()).as(restored.err()).isZero();
        assertThat(restored.out()).contains("restored-files", "restored-archive");
        assertThat(spool.resolve("000001795449600000.spool")).hasContent("events\n");
        assertThat(spool.resolve("ring")).doesNotExist();
        assertThat(data.resolve("restored-archive/usage/part-1-0.parquet")).hasContent("rows of a past day\n");
        Path key = data.resolve("restored-files" + home.resolve("gateway.key"));
        assertThat(key).hasSameTextualContentAs(home.resolve("gateway.key"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");

        // What a restore has put there is not backed up as the fleet's own.
        assertThat(fleet("run").code()).isZero();
        assertThat(fleet("ls", snapshotOf("fleet")).out())
                .contains("config/named" + home.resolve("gateway.pem"))
                .doesNotContain("restored-files", "restored-archive");
    }

    @Test
    void damageIsFoundNamedAndMendedFromTheOtherStore() throws IOException {
        configure("  off-site: other\n");
        assertThat(fleet("run").code()).isZero();
        assertThat(fleet("verify").out()).startsWith("sound: ");
        assertThat(json("verify", "--sample", "10").path("sound").asBoolean()).isTrue();
        Path pack;
        try (Stream<Path> packs = Files.list(home.resolve("fleet-backup/packs"))) {
            pack = packs.max(java.util.Comparator.comparingLong(p -> p.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2] ^= 1;
        Files.setPosixFilePermissions(pack, PosixFilePermissions.fromString("rw-------"));
        Files.write(pack, bytes);

        Outcome damaged = fleet("verify");
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.out()).contains("damaged:", pack.getFileName().toString(), "lost with it:");
        assertThat(damaged.err()).contains("is damaged");
        assertThat(fleet("verify", "--store", "off-site").code()).isZero();
        // What the other store has comes back from there, and the snapshots of before restore again.
        assertThat(fleet("copy", "--from", "off-site", "--all").code()).isZero();
        assertThat(fleet("verify", "--repair").out()).contains("lost with it:");
        assertThat(fleet("copy", "--from", "off-site", "--all", "--mend").out())
                .startsWith("of what is damaged in local ");
        assertThat(fleet("verify").out()).contains("damaged:").doesNotContain("lost with it:");
        assertThat(fleet("restore", home.resolve("notes").toString(), "--to", "mended")
                        .code())
                .isZero();
        // What metrics and show know.
        assertThat(Files.readString(home.resolve("fleet-data/backup/history.jsonl")))
                .contains("\"kind\":\"verify\"", "\"outcome\":\"failed\"", "\"outcome\":\"done\"");
    }

    @Test
    void retentionForgetsAndAppendOnlyDoesNot() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(fleet("run", "--source", "fleet").code()).isZero();
        }
        JsonNode dry = json("prune", "--dry-run");
        assertThat(dry.path("forgotten")).as("younger than a day").isEmpty();
        String oldest = json("list").path("snapshots").get(0).path("id").asText();
        assertThat(fleet("prune", "--forget", oldest.substring(0, 8)).code()).isEqualTo(2);
        assertThat(fleet("prune", "--forget", oldest).out()).contains("forgot " + oldest.substring(0, 8));
        assertThat(json("list").path("snapshots")).hasSize(2);

        configure("  append-only: true\n");
        Outcome refused = fleet("prune");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("append-only");
        assertThat(fleet("run").code()).isZero();
    }

    @Test
    void aStoreThatIsTooSmallIsToldBeforehandAndLeavesNoHalfState() throws IOException {
        Files.write(notes.resolve("big"), noise(1));
        configure("  local-cap: 2MiB\n");
        Outcome full = fleet("run", "--source", notes.toString());
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.err()).contains("FAILED", "Not everything was backed up");
        assertThat(json("list").path("snapshots")).isEmpty();
        configure("  local-cap: 64MiB\n");
        assertThat(fleet("run").code()).isZero();
        configure("  local-cap: 5MiB\n");
        Files.write(notes.resolve("big"), noise(2));
        assertThat(fleet("run", "--source", notes.toString()).err()).contains("FAILED");
        assertThat(fleet("verify").code()).isZero();
    }

    /** A snapshot that is damaged before it went off-site keeps none of the others from going there. */
    @Test
    void whatIsDamagedHereIsNamedAndTheRestGoesOffSite() throws IOException {
        configure("  off-site: other\n");
        Files.write(notes.resolve("big"), noise(3));
        assertThat(fleet("run", "--no-copy", "--source", notes.toString()).code())
                .isZero();
        String damaged = snapshotOf(notes.toString());
        try (Stream<Path> packs = Files.list(home.resolve("fleet-backup/packs"))) {
            Files.delete(
                    packs.max(java.util.Comparator.comparingLong(p -> p.toFile().length()))
                            .orElseThrow());
        }
        Outcome run = fleet("run", "--json", "--source", "fleet");
        assertThat(run.code()).isEqualTo(1);
        JsonNode offSite = new ObjectMapper().readTree(run.out()).path("off_site");
        assertThat(offSite.path("copied")).hasSize(1);
        assertThat(offSite.path("problem").asText()).contains(damaged, "damaged in local");
        assertThat(json("list", "--store", "off-site").path("snapshots")).hasSize(1);
        assertThat(fleet("show", snapshotOf("fleet"), "--store", "off-site").code())
                .isZero();

        Outcome copy = fleet("copy", "--all", "--mend");
        assertThat(copy.code()).isEqualTo(1);
        assertThat(copy.out()).contains("0 snapshots copied", "damaged in local too:", damaged);
        assertThat(Files.readString(home.resolve("fleet-data/backup/history.jsonl")))
                .contains("\"store\":\"off-site\",", "\"source\":\"copy\"");
    }

    /** The cap is that of all sources together. */
    @Test
    void severalSourcesShareWhatTheCapLeaves() throws IOException {
        Path more = Files.createDirectories(home.resolve("more"));
        Files.write(notes.resolve("big"), noise(4));
        Files.write(more.resolve("big"), noise(5));
        Files.writeString(home.resolve("fleet.yaml"), """
                backup:
                  sources: [fleet]
                  folders: [notes, more]
                  local-cap: 6MiB
                """);
        assertThat(fleet("run").code()).isEqualTo(1);
        assertThat(json("list").path("snapshots")).hasSize(2);
        try (Stream<Path> files = Files.walk(home.resolve("fleet-backup"))) {
            assertThat(files.mapToLong(p -> p.toFile().isFile() ? p.toFile().length() : 0)
                            .sum())
                    .isLessThan(6 << 20);
        }
    }

    private static byte[] noise(int seed) {
        byte[] noise = new byte[4 << 20];
        new java.util.Random(seed).nextBytes(noise);
        return noise;
    }

    @Test
    void aDatabaseThatIsDeadKeepsNothingElseFromBeingBackedUp() throws IOException {
        Files.writeString(home.resolve("fleet.yaml"), "database:\n  url: jdbc:postgresql://127.0.0.1:1/fleet\n");

        Outcome partly = fleet("run");

        assertThat(partly.code()).isEqualTo(1);
        assertThat(partly.err()).contains("data: FAILED", "cannot be reached");
        assertThat(snapshotOf("fleet")).isNotEmpty();
        assertThat(fleet("restore", "--to", "elsewhere").code()).isZero();
        assertThat(home.resolve("elsewhere/secrets/signing.1")).exists();
    }

    /** By the clock of one night it is four years later. */
    @Test
    void aClockThatRanAheadOnceKeepsNothingFromGoingOffSiteOrBeingTheNewest() throws IOException {
        configure("  off-site: other\n");
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofDays(1_461));
        assertThat(new CommandLineTool(home).at(ahead).run("backup", "run").code())
                .isZero();
        String wrong = snapshotOf(notes.toString());
        Files.writeString(notes.resolve("a.md"), "moles\n");

        assertThat(json("run").path("off_site").path("copied")).hasSize(2);

        assertThat(snapshotOf(notes.toString())).isNotEqualTo(wrong);
        for (String store : List.of("local", "off-site")) {
            assertThat(fleet("restore", notes.toString(), "--store", store, "--to", store)
                            .code())
                    .isZero();
            assertThat(home.resolve(store).resolve("a.md")).hasContent("moles\n");
        }
        // A folder's times are the machine's, which ran ahead as well.
        String stored = json("list", "--store", "off-site").path("snapshots").toString();
        assertThat(stored).contains(wrong);
        try (Stream<Path> all = Files.walk(home.resolve("other/snapshots"))) {
            for (Path manifest : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(manifest, FileTime.from(ahead.instant()));
            }
        }
        try (Stream<Path> all = Files.walk(home.resolve("other/mirror/snapshots"))) {
            for (Path manifest : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(manifest, FileTime.from(ahead.instant()));
            }
        }
        assertThat(json("run").path("off_site").path("copied")).hasSize(2);
    }

    /** As a copy of several snapshots does that ends after the first. */
    @Test
    void aSnapshotOfAClockThatRanAheadWhichIsCopiedLateHoldsNoneBackThatWasTakenMeanwhile() throws IOException {
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofDays(1_461));
        assertThat(new CommandLineTool(home).at(ahead).run("backup", "run").code())
                .isZero();
        String wrong = snapshotOf(notes.toString());
        Files.writeString(notes.resolve("a.md"), "moles\n");
        assertThat(fleet("run").code()).isZero();
        String right = snapshotOf(notes.toString());
        configure("  off-site: other\n");

        assertThat(fleet("copy", wrong).code()).isZero();
        assertThat(fleet("copy").code()).isZero();

        String copies = json("list", "--store", "off-site").path("snapshots").toString();
        assertThat(copies).contains(wrong, right);
    }

    @Test
    void aSampleOfFewPacksReadsOneAtLeast() throws IOException {
        assertThat(fleet("run").code()).isZero();
        assertThat(json("verify", "--sample", "1e-300").path("packs_read").asInt())
                .isEqualTo(1);
    }

    @Test
    void whatIsAskedForAndNotThereIsToldForEachCommand() throws IOException {
        assertThat(fleet("run").code()).isZero();
        assertThat(fleet("run").code()).isZero();
        String id = snapshotOf(notes.toString());
        assertThat(fleet("show", "")).satisfies(o -> {
            assertThat(o.code()).isEqualTo(1);
            assertThat(o.err()).contains("No snapshot is named");
        });
        assertThat(fleet("ls", id, "nowhere")).satisfies(o -> {
            assertThat(o.code()).isEqualTo(1);
            assertThat(o.err()).contains("Nothing in the snapshot is called nowhere", "shows what there is");
        });
        assertThat(fleet("ls", id, "deep/").code()).isZero();
        assertThat(fleet("cat", id)).satisfies(o -> {
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains("holds files; name one");
        });
        assertThat(fleet("restore", id, "--host", "elsewhere").code()).isEqualTo(2);
        assertThat(fleet("restore", id, "--tar", "notes", "--over").err()).contains("is a folder; name a file");
        assertThat(home.resolve("notes.part")).doesNotExist();
        assertThat(fleet("restore", id, "--to", "fleet.yaml").err()).contains("Choose another place");
        assertThat(fleet("prune", "--max-unused", "NaN").code()).isEqualTo(2);
        assertThat(fleet("prune", "--max-unused", "-1").code()).isEqualTo(2);
        assertThat(fleet("verify", "--sample", "NaN").code()).isEqualTo(2);
        assertThat(fleet("verify", "--sample", "100.1").code()).isEqualTo(2);
        assertThat(fleet("key", "remove", "nothing").err()).contains("There is no key slot nothing");
        assertThat(fleet("key", "add", "--label", "x", "--key-file", "nowhere").err())
                .contains("cannot be read");
        assertThat(fleet("run", "--tag", "").code()).isEqualTo(2);
        for (String command : List.of("show", "ls", "cat", "diff")) {
            assertThat(fleet(command).code()).as(command).isEqualTo(2);
        }
        assertThat(json("list").path("snapshots"))
                .as("nothing was changed by any of it")
                .hasSize(4);
    }

    @Test
    void anIdThatSeveralBeginWithIsNotGuessed() throws IOException {
        for (int i = 0; i < 9; i++) {
            assertThat(fleet("run").code()).isZero();
        }
        // Of 18 hexadecimal digits two are the same.
        Map<String, Integer> first = new HashMap<>();
        json("list")
                .path("snapshots")
                .forEach(s -> first.merge(s.path("id").asText().substring(0, 1), 1, Integer::sum));
        String several = first.entrySet().stream()
                .filter(e -> e.getValue() > 1)
                .findFirst()
                .orElseThrow()
                .getKey();
        for (String command : List.of("show", "ls", "restore")) {
            assertThat(fleet(command, several)).as(command).satisfies(o -> {
                assertThat(o.code()).isEqualTo(1);
                assertThat(o.err()).contains("snapshots begin with " + several, "give more of the id");
            });
        }
    }

    @Test
    void aFolderThatIsNoRepositoryIsTold() throws IOException {
        Files.createDirectories(home.resolve("fleet-backup"));
        Files.writeString(home.resolve("fleet-backup/readme"), "holiday pictures\n");
        for (String command : List.of("list", "verify", "prune", "restore")) {
            assertThat(fleet(command)).as(command).satisfies(o -> {
                assertThat(o.code()).isEqualTo(1);
                assertThat(o.err()).contains("There is no repository in", "fleet-backup");
            });
        }
    }

    @Test
    void whatIsWrongIsToldWithWhatToDo() throws IOException {
        assertThat(fleet("list").err()).contains("no such folder", "./fleet backup run");
        assertThat(fleet("run", "--source", "brian")).satisfies(o -> {
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains("There is no source \"brian\"; there are: fleet");
        });
        assertThat(fleet("run", "--data", "nowhere", "--source", "fleet").err())
                .contains("There is nothing to back up: there is no data directory");
        assertThat(home.resolve("nowhere")).doesNotExist();
        assertThat(fleet("run").code()).isZero();
        assertThat(fleet("show", "ffffffffffff").err()).contains("There is no snapshot ffffffffffff");
        assertThat(fleet("list", "--store", "mars").code()).isEqualTo(2);
        assertThat(fleet("list", "--store", "off-site").err()).contains("There is no off-site store");
        assertThat(fleet("copy").err()).contains("There is only the local store");
        assertThat(fleet("verify", "--sample", "0").code()).isEqualTo(2);
        assertThat(fleet("restore", "--path", "a").code()).isEqualTo(2);
        assertThat(fleet("restore", "fleet", "--into-database").code()).isEqualTo(2);
        assertThat(fleet("drill").err()).contains("There is no snapshot brain");
        configure("  s3: {bucket: b}\n");
        assertThat(fleet("list")).satisfies(o -> {
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains("backup.s3.access-key", "backup.s3.secret-key");
        });
        configure("  local: fleet-data/backups\n");
        assertThat(fleet("list").err()).contains("lies in the data directory");
        configure("  folders: [gone]\n"
                .replace("  folders", "  exclude: ['*.tmp']\n  keep-local: false # and no other\n  #"));
        assertThat(fleet("list").err()).contains("leaves no store at all");
    }
}
