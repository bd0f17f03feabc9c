import dev.freefleet.backup.Environment;
import dev.freefleet.backup.KeyHardness;
import dev.freefleet.backup.Progress;
import dev.freefleet.backup.PruneReport;
import dev.freefleet.backup.Repository;
import dev.freefleet.backup.RepositoryOptions;
import dev.freefleet.backup.Retention;
import dev.freefleet.backup.Source;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.Unlock;
import dev.freefleet.backup.store.FolderStore;
import dev.freefleet.backup.store.ObjectInfo;
import dev.freefleet.backup.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Many days of a fleet's backups in minutes: Days WORK STATES NAME... backs the folder STATES/NAME of each day up at 02:00, with a data
 * plane and a fleet's files beside it, reads a sample at 04:00, all on Sundays at 04:30, prunes on Mondays at 04:30, and restores the newest
 * for a drill on the first Saturday of a month, as the jobs do; then the same with a second store that takes copies, whose drill is the first
 * one's. Each command opens the repository anew. Clock and store's times are made up; requests are counted as an S3 API would.
 */
class Days {
    private static final Instant FIRST = Instant.parse("2027-01-01T02:00:00Z");
    private static final Retention KEEP = Retention.DEFAULT;
    private static final List<String> KINDS = List.of("put", "get", "list", "delete");

    private final Path work;
    private final FolderStore local;
    private final boolean copies;
    private final CountingStore store;
    private final Unlock unlock;
    private final Environment environment;
    private final RepositoryOptions options;
    private Instant now = FIRST;

    /** @param copies whether the counted store takes copies from another one */
    private Days(Path work, boolean copies) {
        this.work = work;
        this.copies = copies;
        this.local = new FolderStore(work.resolve("local"));
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        this.store = new CountingStore(work.resolve("repository"), clock);
        this.environment = new Environment(clock, System::nanoTime, new SecureRandom(), "bench");
        this.options = RepositoryOptions.DEFAULT.withFolders(work, work.resolve("cache"));
        this.unlock = Unlock.newKeyFile(work.resolve("key"), environment.random());
    }

    public static void main(String[] args) throws IOException {
        for (boolean copies : new boolean[] {false, true}) {
            System.out.println(copies ? "a store that takes copies" : "the only store");
            Path work = Files.createDirectories(Path.of(args[0]).resolve(copies ? "copies" : "only"));
            new Days(work, copies).run(Path.of(args[1]), List.of(args).subList(2, args.length));
        }
    }

    private interface Command {
        void run(Repository r) throws IOException;
    }

    private void command(Command command) throws IOException {
        try (Repository r = Repository.open(store, unlock, options, environment)) {
            command.run(r);
        }
    }

    private void back(Path state, byte[] tables, byte[] secrets, Map<String, String> digests, Repository r)
            throws IOException {
        r.plan("brain", 10L << 30, size(state), KEEP);
        StoredSnapshot s = r.backup(Source.Folder.of("brain", state), List.of(), Progress.NONE).stored();
        digests.put(s.snapshot().id(), digest(state));
        r.backup(stream("data", tables), List.of(), Progress.NONE);
        r.backup(stream("fleet", secrets), List.of(), Progress.NONE);
    }

    /** Restores the newest of the Brain, from the store that a drill takes. */
    private void drill(Repository r) throws IOException {
        StoredSnapshot newest = r.list().stream()
                .filter(s -> s.snapshot().source().equals("brain"))
                .reduce((before, s) -> s)
                .orElseThrow();
        Path out = work.resolve("drill");
        r.restore(newest.snapshot(), "", out, false, Progress.NONE);
        delete(out);
    }

    private void run(Path states, List<String> names) throws IOException {
        RepositoryOptions uncached = RepositoryOptions.DEFAULT.withFolders(work, work.resolve("cache-of-local"));
        Repository.init(store, unlock, "bench", KeyHardness.DEFAULT, options, environment)
                .close();
        if (copies) {
            Repository.init(local, unlock, "bench", KeyHardness.DEFAULT, uncached, environment)
                    .close();
        }
        Map<String, String> digests = new HashMap<>();
        Random random = new Random(1);
        byte[] data = new byte[4 << 20];
        random.nextBytes(data);
        System.out.println("day  put  get list delete  all | snapshots  MB stored");
        Map<String, Long> most = new TreeMap<>();
        long busiest = 0;
        long sum = 0;
        for (int day = 0; day < names.size(); day++) {
            store.counts.clear();
            now = FIRST.plus(Duration.ofDays(day));
            Path state = states.resolve(names.get(day));
            // A day adds to the tables and changes a part of them.
            random.nextBytes(data);
            byte[] tables = java.util.Arrays.copyOf(data, 1 << 20);
            byte[] secrets = java.util.Arrays.copyOfRange(data, 0, 64 << 10);
            if (copies) {
                try (Repository from = Repository.open(local, unlock, uncached, environment)) {
                    back(state, tables, secrets, digests, from);
                    List<StoredSnapshot> all = from.list();
                    command(r -> from.copyTo(r, all.subList(all.size() - 3, all.size()), Progress.NONE));
                }
            } else {
                command(r -> back(state, tables, secrets, digests, r));
            }
            now = now.plus(Duration.ofHours(2));
            command(r -> sound(r, 0.05, random));
            now = now.plus(Duration.ofMinutes(30));
            switch (now.atOffset(ZoneOffset.UTC).getDayOfWeek()) {
                case SUNDAY -> command(r -> sound(r, 1, random));
                case MONDAY -> command(r -> {
                    r.forget(r.toForget(KEEP));
                    PruneReport ignored = r.prune(0.05, Progress.NONE);
                });
                case SATURDAY -> {
                    if (!copies && now.atOffset(ZoneOffset.UTC).getDayOfMonth() <= 7) {
                        command(this::drill);
                    }
                }
                default -> {}
            }
            Map<String, Long> counted = new TreeMap<>(store.counts);
            long all = KINDS.stream().mapToLong(kind -> counted.getOrDefault(kind, 0L)).sum();
            counted.forEach((kind, n) -> most.merge(kind, n, Math::max));
            busiest = Math.max(busiest, all);
            sum += all;
            if (all == busiest) {
                System.out.println("busiest so far: " + counted);
            }
            int snapshots = store.inner.list("snapshots/").size();
            System.out.printf(
                    "%3d %4d %4d %4d %6d %4d | %9d %10.2f%n",
                    day + 1,
                    counted.getOrDefault("put", 0L),
                    counted.getOrDefault("get", 0L),
                    counted.getOrDefault("list", 0L),
                    counted.getOrDefault("delete", 0L),
                    all,
                    snapshots,
                    store.bytes() / 1e6);
        }
        System.out.println("most in a day: " + most + "; busiest day " + busiest + " (goal < 1600), mean "
                + sum / names.size());
        int[] restored = new int[1];
        command(r -> {
            for (StoredSnapshot s : r.list()) {
                if (s.snapshot().source().equals("brain")) {
                    Path out = work.resolve("out-" + s.snapshot().id());
                    if (r.restore(s.snapshot(), "", out, false, Progress.NONE).lostCount() > 0
                            || !digest(out).equals(digests.get(s.snapshot().id()))) {
                        throw new IllegalStateException("snapshot " + s.snapshot().id() + " does not come back");
                    }
                    delete(out);
                    restored[0]++;
                }
            }
        });
        System.out.println(restored[0] + " snapshots of the Brain are kept, and each comes back as it was");
    }

    private static void sound(Repository r, double fraction, Random random) {
        if (!r.verify(fraction, random, Progress.NONE).isSound()) {
            throw new IllegalStateException("verification failed");
        }
    }

    private static Source.Stream stream(String name, byte[] bytes) {
        return new Source.Stream(name, () -> new ByteArrayInputStream(bytes), bytes.length, null, false);
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static long size(Path root) throws IOException {
        long bytes = 0;
        for (Path f : files(root)) {
            bytes += Files.size(f);
        }
        return bytes;
    }

    private static String digest(Path root) throws IOException {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            for (Path f : files(root)) {
                all.update(root.relativize(f).toString().getBytes());
                all.update(Files.readAllBytes(f));
            }
            return HexFormat.of().formatHex(all.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path p : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }

    /** A folder whose objects are as old as the clock says. */
    private static final class CountingStore implements ObjectStore {
        final FolderStore inner;
        final Map<String, Long> counts = new java.util.concurrent.ConcurrentHashMap<>();
        private final Path root;
        private final Clock clock;

        CountingStore(Path root, Clock clock) {
            this.inner = new FolderStore(root);
            this.root = root;
            this.clock = clock;
        }

        private void count(String kind, String name) {
            counts.merge(kind, 1L, Long::sum);
            if (!kind.equals("list")) {
                counts.merge(kind + " " + name.replaceAll("/[^/]*$", ""), 1L, Long::sum);
            }
        }

        long bytes() {
            return inner.list("").stream().mapToLong(ObjectInfo::size).sum();
        }

        @Override
        public boolean putIfAbsent(String name, byte[] bytes, int length) {
            count("put", name);
            boolean created = inner.putIfAbsent(name, bytes, length);
            try {
                Files.setLastModifiedTime(root.resolve(name), FileTime.from(clock.instant()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return created;
        }

        @Override
        public byte[] get(String name) {
            count("get", name);
            return inner.get(name);
        }

        @Override
        public byte[] get(String name, long offset, int length) {
            count("get", name);
            return inner.get(name, offset, length);
        }

        @Override
        public void get(String name, long offset, byte[] into, int length) {
            count("get", name);
            inner.get(name, offset, into, length);
        }

        @Override
        public List<ObjectInfo> list(String prefix) {
            List<ObjectInfo> found = inner.list(prefix);
            for (int page = 0; page <= found.size() / 1000; page++) {
                count("list", prefix);
            }
            return found;
        }

        @Override
        public void delete(String name) {
            count("delete", name);
            inner.delete(name);
        }

        @Override
        public String describe() {
            return inner.describe();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
