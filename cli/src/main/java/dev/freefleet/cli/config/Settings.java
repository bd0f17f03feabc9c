package dev.freefleet.cli.config;

import static dev.freefleet.cli.config.ValueTypes.bool;
import static dev.freefleet.cli.config.ValueTypes.duration;
import static dev.freefleet.cli.config.ValueTypes.integer;
import static dev.freefleet.cli.config.ValueTypes.label;
import static dev.freefleet.cli.config.ValueTypes.listOf;
import static dev.freefleet.cli.config.ValueTypes.oneOf;
import static dev.freefleet.cli.config.ValueTypes.path;
import static dev.freefleet.cli.config.ValueTypes.size;
import static dev.freefleet.cli.config.ValueTypes.text;
import static dev.freefleet.cli.config.ValueTypes.url;
import static dev.freefleet.cli.config.ValueTypes.visible;
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.freefleet.data.Sensitive;
import dev.freefleet.data.jobs.Schedule;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.gateway.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of settings. The reader of files, the names of environment variables, {@code config print},
 * {@code docs/configuration.md} and the tests derive from it; a setting is added here and nowhere else but where it is
 * used.
 */
final class Settings {
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    static final Setting<Path> DATA = add(
            "data",
            path(),
            "fleet-data",
            "The data directory: keys' secrets, the embedded database, the Brain's index. Made with mode 0700. The"
                    + " default lies in the project's folder.");
    static final Setting<String> NODE =
            add("node", label(64), "local", "The name of this edge in usage events and metrics.");

    static final Setting<String> GATEWAY_HOST = add(
            "gateway.host",
            Addresses.host(),
            "127.0.0.1",
            "Where the gateway listens. A tunnel or a TLS proxy on this machine needs no other; 0.0.0.0 listens to"
                    + " the network.");
    static final Setting<Integer> GATEWAY_PORT =
            add("gateway.port", integer(0, 65_535), "8080", "The gateway's port; 0 takes any free one.");
    static final Setting<Integer> GATEWAY_CONNECTIONS = add(
            "gateway.max-connections",
            integer(1, 1_000_000),
            "10000",
            "Connections of clients at once; one more is answered 503 and closed.");
    static final Setting<Long> GATEWAY_LINE =
            add("gateway.max-line", size(256, 64 << 10), "8KiB", "The longest request line; more is a 414.");
    static final Setting<Long> GATEWAY_HEAD =
            add("gateway.max-head", size(1 << 10, 1 << 20), "32KiB", "All field lines of a request; more is a 431.");
    static final Setting<Integer> GATEWAY_STREAMS =
            add("gateway.max-streams", integer(1, 10_000), "100", "HTTP/2 streams at once on a connection.");
    static final Setting<Duration> GATEWAY_HEAD_TIME =
            time("gateway.head-timeout", "10s", "How long a request's head may take.");
    static final Setting<Duration> GATEWAY_BODY_TIME = time(
            "gateway.body-timeout",
            "30s",
            "How long a request's content may take, plus a second for each 16 KiB that came.");
    static final Setting<Duration> GATEWAY_IDLE_TIME =
            time("gateway.idle-timeout", "75s", "How long a connection is kept between requests.");
    static final Setting<Duration> GATEWAY_WRITE_TIME =
            time("gateway.write-timeout", "30s", "How long a client may leave an answer's bytes unread.");
    static final Setting<Duration> GATEWAY_DRAIN_TIME = add(
            "gateway.drain-timeout",
            duration(Duration.ZERO, ofMinutes(10)),
            "4s",
            "How long requests in flight have when the fleet stops.");
    static final Setting<Integer> GATEWAY_THREADS =
            add("gateway.threads", integer(1, 256), null, "Event loops; as many as there are processors by default.");
    static final Setting<Transport> GATEWAY_TRANSPORT = add(
            "gateway.transport",
            oneOf(Transport.class),
            "auto",
            "How connections are served; auto is the first of the others that the system has.");

    static final Setting<Integer> GATEWAY_TUNNELS = add(
            "gateway.max-websockets",
            integer(0, 1_000_000),
            "1000",
            "WebSocket connections at once; one more is answered 503.");
    static final Setting<Long> GATEWAY_CONTENT = add(
            "gateway.max-content",
            size(1 << 20, 1L << 40),
            "32MiB",
            "Content of all requests that is held at once, since it is part of a question's key; one more is a 503. FLEET_HEAP must have room for"
                    + " twice as much.");
    static final Setting<Duration> GATEWAY_TUNNEL_TIME = add(
            "gateway.websocket-idle-timeout",
            duration(ofMillis(100), ofDays(1)),
            "5m",
            "How long a WebSocket connection is kept on which no byte moves.");

    static final Setting<Path> TLS_CERT = add(
            "tls.cert",
            path(),
            null,
            "The gateway's certificate and those of its issuers, a PEM file; with it the gateway speaks TLS and no"
                    + " plain HTTP. It is read again when it changes.");
    static final Setting<Path> TLS_KEY =
            add("tls.key", path(), null, "The certificate's private key, a PEM file in PKCS#8 without a password.");
    static final Setting<Boolean> TLS_SELF_SIGNED = add(
            "tls.self-signed",
            bool(),
            "false",
            "Speak TLS with a certificate of the fleet's own making, in the data directory. For development: clients"
                    + " must be told to trust it.");
    static final Setting<Duration> TLS_HSTS = add(
            "tls.hsts",
            duration(Duration.ZERO, ofDays(730)),
            "0s",
            "How long browsers are told to come with TLS alone (Strict-Transport-Security), e.g. 365d; 0s: not at"
                    + " all. Browsers cannot be told to forget it.");
    static final Setting<Duration> TLS_HANDSHAKE_TIME = add(
            "tls.handshake-timeout",
            duration(ofMillis(100), ofMinutes(10)),
            "10s",
            "How long a TLS handshake may take, from the connection on.");
    static final Setting<Integer> TLS_HANDSHAKES = add(
            "tls.max-handshakes",
            integer(1, 1_000_000),
            "1000",
            "TLS handshakes at once; one more ends the one that has taken longest.");
    static final Setting<Duration> TLS_RELOAD =
            time("tls.reload-interval", "5s", "How often the certificate's files are looked at for a change.");

    static final Setting<String> ADMIN_HOST = add(
            "admin.host",
            Addresses.host(),
            "127.0.0.1",
            "Where the admin port listens. Leave it on loopback unless a firewall of your own stands before it.");
    static final Setting<Integer> ADMIN_PORT =
            add("admin.port", integer(0, 65_535), "8090", "The admin port; 0 takes any free one.");

    static final Setting<URI> BRAIN_URL = add(
            "brain.url",
            url(),
            null,
            "Your Brain: any HTTP API. Without it the reference Brain runs as a part of the fleet.");
    static final Setting<List<Path>> BRAIN_DOCS = add(
            "brain.docs",
            listOf(path()),
            null,
            "Folders and files that the reference Brain reads. The default is the project's own docs folder and"
                    + " README.");
    static final Setting<Integer> BRAIN_PORT =
            add("brain.port", integer(0, 65_535), "0", "The reference Brain's port on loopback; 0 takes any free one.");
    static final Setting<String> BRAIN_KEY = secret(
            "brain.key",
            visible(1_000),
            "What your Brain wants in X-API-Key. Clients never see it, and their own keys never reach the Brain.");
    static final Setting<Duration> BRAIN_HEALTH = add(
            "brain.health-interval",
            duration(ofMillis(100), ofHours(1)),
            "5s",
            "How often the Brain's /health is asked, which tells the version of its index.");
    static final Setting<String> BRAIN_HEALTH_PATH =
            add("brain.health-path", Routes.path(), "/health", "What of the Brain is asked for its health.");

    static final Setting<Duration> ORIGIN_CONNECT = add(
            "origin.connect-timeout",
            duration(ofMillis(10), ofMinutes(10)),
            "2s",
            "How long a connection to the Brain may take.");
    static final Setting<Duration> ORIGIN_IDLE =
            time("origin.idle-timeout", "4s", "How long an unused connection to the Brain is kept.");
    static final Setting<Duration> ORIGIN_STALL = add(
            "origin.stall-timeout",
            duration(ofMillis(100), ofDays(1)),
            "5m",
            "How long the Brain may pause in the middle of an answer.");
    static final Setting<Integer> ORIGIN_CONCURRENT =
            add("origin.concurrent", integer(1, 100_000), "64", "Requests at the Brain at once; more of them wait.");
    static final Setting<Integer> ORIGIN_QUEUE = add(
            "origin.queue",
            integer(0, 1_000_000),
            "1024",
            "Requests that may wait for their turn; one more is answered 503.");
    static final Setting<Long> ORIGIN_HEAD =
            add("origin.max-head", size(1 << 10, 1 << 20), "64KiB", "All field lines of an answer of the Brain.");
    static final Setting<Long> ORIGIN_BODY =
            add("origin.max-answer", size(1, 1L << 50), "64GiB", "The longest content of an answer of the Brain.");

    static final Setting<Duration> ORIGIN_QUEUE_WAIT = add(
            "origin.queue-wait",
            duration(ofMillis(1), ofMinutes(10)),
            "10s",
            "How long a request waits for its turn; then it is a 503. Keys of plans with a higher priority go first.");
    static final Setting<Integer> ORIGIN_RETRY_BUDGET = add(
            "origin.retry-budget",
            integer(0, 100),
            "10",
            "Percent of the requests that may be sent to the Brain once more, where that does no harm; 0: none.");
    static final Setting<Integer> ORIGIN_RETRY_MINIMUM = add(
            "origin.retry-minimum",
            integer(0, 1_000),
            "3",
            "Second tries in ten seconds that are allowed however few requests there are.");
    static final Setting<Integer> ORIGIN_BREAKER_FAILURES = add(
            "origin.breaker.failures",
            integer(0, 100_000),
            "10",
            "Failures within the window after which the Brain is left alone for a while; 0: it never is.");
    static final Setting<Integer> ORIGIN_BREAKER_SHARE = add(
            "origin.breaker.share",
            integer(1, 100),
            "50",
            "Percent of the window's requests that must have failed too.");
    static final Setting<Duration> ORIGIN_BREAKER_WINDOW =
            add("origin.breaker.window", duration(ofSeconds(1), ofHours(1)), "30s", "How long a request counts.");
    static final Setting<Duration> ORIGIN_BREAKER_COOL_DOWN = add(
            "origin.breaker.cool-down",
            duration(ofMillis(1), ofHours(1)),
            "2s",
            "How long the Brain is left alone the first time; each failed trial doubles it.");
    static final Setting<Duration> ORIGIN_BREAKER_MAX_COOL_DOWN =
            add("origin.breaker.max-cool-down", duration(ofMillis(1), ofDays(1)), "1m", "The longest that it becomes.");
    static final Setting<Integer> ORIGIN_BREAKER_PROBES =
            add("origin.breaker.probes", integer(1, 1_000), "1", "Requests that may be at a Brain on trial at once.");
    static final Setting<Integer> ORIGIN_BREAKER_SUCCESSES =
            add("origin.breaker.successes", integer(1, 1_000), "3", "Requests that a Brain on trial must answer.");
    static final Setting<Integer> ORIGIN_HEALTH_FAILURES = add(
            "origin.health.failures",
            integer(0, 1_000),
            "3",
            "Failed health checks in a row, without a request answered in between, after which the Brain is left alone;"
                    + " 0: never.");
    static final Setting<Integer> ORIGIN_HEALTH_SUCCESSES = add(
            "origin.health.successes",
            integer(1, 1_000),
            "2",
            "Passed health checks in a row after which it is asked again.");
    static final Setting<Boolean> ORIGIN_WAKE_UP = add(
            "origin.wake-up.enabled",
            bool(),
            "false",
            "Whether the Brain may sleep: requests that find it away wait until its health answers.");
    static final Setting<Duration> ORIGIN_WAKE_UP_PATIENCE = add(
            "origin.wake-up.patience",
            duration(ofMillis(100), ofHours(1)),
            "1m",
            "How long they wait; then they are answered 503. With a stale answer there is no waiting.");
    static final Setting<Integer> ORIGIN_WAKE_UP_WAITING =
            add("origin.wake-up.waiting", integer(1, 100_000), "100", "Requests that may wait for it at once.");
    static final Setting<URI> ORIGIN_WAKE_UP_CALL = secret(
            "origin.wake-up.call",
            OriginTypes.call(),
            "A URL that is asked once when the Brain is to be woken, such as that of a wake-on-LAN service.");
    static final Setting<OriginTypes.Method> ORIGIN_WAKE_UP_METHOD =
            add("origin.wake-up.method", oneOf(OriginTypes.Method.class), "post", "The method of that call.");
    static final Setting<Path> ORIGIN_CA = add(
            "origin.ca",
            path(),
            null,
            "PEM file with the issuers from one of which the certificate of a Brain behind https must come; the system's"
                    + " by default.");
    static final Setting<Path> ORIGIN_CLIENT_CERT = add(
            "origin.client-cert",
            path(),
            null,
            "PEM file with the certificate that the gateway shows to a Brain behind https; none by default.");
    static final Setting<Path> ORIGIN_CLIENT_KEY =
            add("origin.client-key", path(), null, "PEM file with that certificate's key (PKCS #8, no password).");
    static final Setting<String> ORIGIN_SECRET_HEADER = add(
            "origin.secret-header",
            Routes.field(),
            "x-fleet-secret",
            "The field that holds origin.secret. A client's own field of that name never reaches the Brain.");
    static final Setting<String> ORIGIN_SECRET = secret(
            "origin.secret",
            visible(1_000),
            "What shows your Brain that a request came by the gateway, so that it can refuse all others.");

    static final Setting<Long> CACHE_MEMORY =
            add("cache.memory", size(1 << 20, 64L << 30), "64MiB", "Bytes of answers that the cache keeps in memory.");
    static final Setting<Long> CACHE_DISK = add(
            "cache.disk",
            Routes.diskSize(),
            "1GiB",
            "Bytes of answers that the cache keeps in the data directory, where they outlast a restart; 0B keeps none.");
    static final Setting<Duration> CACHE_COALESCE = add(
            "cache.coalesce-wait",
            duration(Duration.ZERO, ofMinutes(10)),
            "10s",
            "How long a request waits for another's fetch of the same answer before it asks itself.");

    static final Setting<URI> EDGE_URL = add(
            "edge.url",
            url(),
            null,
            "Where a Worker at Cloudflare reaches the gateway: the address of its tunnel, e.g."
                    + " https://fleet.example.org. See cloudflare.md.");
    static final Setting<URI> EDGE_BRAIN_URL = add(
            "edge.brain-url",
            url(),
            null,
            "Where the Worker asks the Brain itself, past the gateway; by default it asks the gateway.");
    static final Setting<String> EDGE_DOMAIN = add(
            "edge.domain",
            CloudflareTypes.domain(),
            null,
            "The custom domain of the Worker, e.g. api.example.org; its zone must be at Cloudflare.");
    static final Setting<String> EDGE_NAME =
            add("edge.name", CloudflareTypes.workerName(), "solo-free-fleet", "The name of the Worker at Cloudflare.");
    static final Setting<String> EDGE_NODE =
            add("edge.node", label(64), "cloudflare", "The name of the Worker in usage events.");
    static final Setting<Duration> EDGE_POLL = add(
            "edge.poll",
            duration(ofSeconds(1), ofMinutes(10)),
            "5s",
            "How long an edge waits between two questions for what has changed; revocations are seen there about so much"
                    + " later.");
    static final Setting<Duration> EDGE_HOLD = add(
            "edge.hold",
            duration(ofMinutes(1), ofDays(30)),
            "1d",
            "How long an edge goes on by what it knows of keys while the fleet does not answer; then it answers 503.");
    static final Setting<Long> EDGE_SYNC_BYTES = add(
            "edge.sync-bytes",
            size(64 << 10, 8 << 20),
            "1MiB",
            "The most that edges are told; past it keys are left out, which edges answer 503, and a metric says so.");
    static final Setting<Integer> EDGE_SYNCS = add(
            "edge.max-syncs",
            integer(1, 1_000),
            "20",
            "Questions of edges a second; past it they are told to wait longer than edge.poll.");
    static final Setting<String> EDGE_ACCOUNT = add(
            "edge.account",
            CloudflareTypes.id(),
            null,
            "The id of your account at Cloudflare; it stands in the dashboard's address.");
    static final Setting<String> EDGE_KV_NAMESPACE = add(
            "edge.kv-namespace",
            CloudflareTypes.id(),
            null,
            "The id of the namespace in Workers KV; by default the one that ./fleet edge init has made.");
    static final Setting<String> EDGE_API_TOKEN = secret(
            "edge.api-token",
            visible(200),
            "An API token of Cloudflare. To keep answers and drain usage it needs the right Workers KV Storage: Edit;"
                    + " to deploy, those that cloudflare.md names.");
    static final Setting<URI> EDGE_API_URL =
            add("edge.api-url", url(), "https://api.cloudflare.com/client/v4", "Where the API of Cloudflare is.");
    static final Setting<Integer> EDGE_KV_WRITES = add(
            "edge.kv-writes",
            integer(0, 100_000_000),
            "600",
            "Keys of Workers KV that the fleet may write on a day of UTC, less what the Worker parked; the free plan has"
                    + " 1,000 for both, and a fleet that is away late in the day costs some hundred.");
    static final Setting<Integer> EDGE_KV_DELETES = add(
            "edge.kv-deletes",
            integer(0, 100_000_000),
            "900",
            "Keys of Workers KV that the fleet may delete a day; the free plan has 1,000.");
    static final Setting<Integer> EDGE_KV_LISTS = add(
            "edge.kv-lists",
            integer(0, 100_000_000),
            "900",
            "Listings of Workers KV that the fleet may ask for a day; the free plan has 1,000.");
    static final Setting<Integer> EDGE_KV_READS = add(
            "edge.kv-reads",
            integer(0, 100_000_000),
            "10000",
            "Keys of Workers KV that the fleet may read a day; the free plan has 100,000, which the Worker shares.");
    static final Setting<Integer> EDGE_KV_ANSWERS = add(
            "edge.kv-answers",
            integer(0, 1_000),
            "200",
            "Answers that are kept in Workers KV, those that are asked for most; 0: none.");
    static final Setting<Duration> EDGE_DRAIN = add(
            "edge.drain-every",
            duration(ofSeconds(1), ofDays(1)),
            "5m",
            "How often usage is looked for that the Worker parked in KV; each time costs a listing.");
    static final Setting<Duration> EDGE_KV_EVERY = add(
            "edge.kv-every",
            duration(ofSeconds(1), ofDays(1)),
            "10m",
            "How often answers are written into Workers KV.");

    static final Setting<RateLimit> LIMITS_ADDRESS = add(
            "limits.address",
            LimitTypes.rate(),
            "1200/min",
            "Requests from each client address (IPv6: each /64), over all routes and keys.");
    static final Setting<RateLimit> LIMITS_REFUSED = add(
            "limits.refused-keys",
            LimitTypes.rate(),
            "20/min",
            "Refused keys from each client address; past it a wrong key is answered 429. A right key always passes.");
    static final Setting<Integer> LIMITS_BUCKETS = add(
            "limits.buckets",
            integer(1_000, 10_000_000),
            "200000",
            "Callers whose rates are counted at once; the least recent are forgotten.");

    static final Setting<List<String>> TRUSTED_PROXIES = add(
            "trusted-proxies",
            listOf(Addresses.cidr()),
            null,
            "Proxies whose X-Forwarded-For is believed, counted from the right. None by default.");
    static final Setting<List<String>> CORS_ORIGINS = add(
            "cors.origins",
            listOf(Addresses.origin()),
            null,
            "Web origins whose pages may call the gateway from a browser. None by default: CORS is off.");
    static final Setting<Duration> CORS_MAX_AGE = add(
            "cors.max-age",
            duration(Duration.ZERO, ofDays(1)),
            "10m",
            "How long a browser may keep the answer to a preflight.");

    static final Setting<String> DATABASE_URL = add(
            "database.url",
            Databases.url(),
            null,
            "A PostgreSQL 14 to 18, e.g. jdbc:postgresql://db.example/fleet?sslrootcert=/etc/fleet/ca.pem. Without it an"
                    + " embedded one runs in the data directory. A server that is not on this machine must show a certificate"
                    + " that is right for its name (sslmode=verify-full), unless the URL says otherwise.");
    static final Setting<String> DATABASE_USER =
            add("database.user", text(63), "fleet", "The user of the database behind database.url.");
    static final Setting<String> DATABASE_PASSWORD =
            secret("database.password", text(1_000), "The password of the database behind database.url.");
    static final Setting<String> DATABASE_MIGRATE_USER = add(
            "database.migrate-user",
            text(63),
            null,
            "Who owns the tables, brings them up to date, and makes and drops usage's partitions; database.user by"
                    + " default. ./fleet database grants prints what a database's administrator runs for such users.");
    static final Setting<String> DATABASE_MIGRATE_PASSWORD =
            secret("database.migrate-password", text(1_000), "The password of database.migrate-user.");
    static final Setting<String> DATABASE_INGEST_USER = add(
            "database.ingest-user",
            text(63),
            null,
            "Who writes the gateway's usage, and can do nothing else; database.user by default.");
    static final Setting<String> DATABASE_INGEST_PASSWORD =
            secret("database.ingest-password", text(1_000), "The password of database.ingest-user.");
    static final Setting<String> DATABASE_READ_USER = add(
            "database.read-user",
            text(63),
            null,
            "Who reads usage for commands and the console, and can change nothing; database.user by default.");
    static final Setting<String> DATABASE_READ_PASSWORD =
            secret("database.read-password", text(1_000), "The password of database.read-user.");
    static final Setting<Integer> DATABASE_POOL = add(
            "database.pool",
            integer(1, 100),
            "4",
            "Connections for users, keys and the audit log; jobs, usage and the feed of keys have up to 19 more.");
    static final Setting<Duration> DATABASE_TIMEOUT = add(
            "database.timeout",
            duration(ofMillis(250), ofMinutes(5)),
            "5s",
            "How long a query waits for a connection before it fails.");
    static final Setting<Integer> DATABASE_PORT = add(
            "database.port",
            integer(0, 65_535),
            "0",
            "The embedded database's port on loopback; 0 takes any free one.");

    static final Setting<URI> REDIS_URL = add(
            "redis.url",
            Databases.redis(),
            null,
            "A Redis (6.2 or later) or Valkey by which several gateways share limits, quotas, answers and purges, e.g."
                    + " rediss://redis.example:6380/0. rediss is TLS with verification. No cluster.");
    static final Setting<String> REDIS_USER =
            add("redis.user", text(128), null, "The user of that Redis, where it is not the one named default.");
    static final Setting<String> REDIS_PASSWORD = secret("redis.password", text(1_000), "The password of that user.");
    static final Setting<Path> REDIS_CA = add(
            "redis.ca",
            path(),
            null,
            "Whose certificates a rediss:// URL is verified by, a PEM file; those that Java trusts by default.");
    static final Setting<Duration> REDIS_TIMEOUT = add(
            "redis.timeout",
            duration(ofMillis(1), ofSeconds(10)),
            "50ms",
            "How long a request waits for Redis before its gateway decides alone.");
    static final Setting<Duration> REDIS_ANSWER_TTL = add(
            "redis.answer-ttl",
            duration(ofSeconds(1), ofDays(30)),
            "1d",
            "How long an answer stays in Redis, fresh or stale. What all take together is bounded by its maxmemory.");
    static final Setting<Long> REDIS_MAX_ANSWER = add(
            "redis.max-answer",
            size(0, 64 << 20),
            "1MiB",
            "The longest answer that is shared; longer ones each gateway keeps for itself.");

    static final Setting<EdgePolicy.QueryText> USAGE_QUERY_TEXT = add(
            "usage.query-text",
            oneOf(EdgePolicy.QueryText.class),
            "full",
            "How much of a question each usage record keeps: its text and digest, its digest alone, or nothing.");
    static final Setting<List<Sensitive>> USAGE_REDACT = enter(new Setting<>(
            "usage.redact",
            listOf(oneOf(Sensitive.class)),
            List.of("secret", "card"),
            false,
            false,
            "What is taken out of questions before they are written anywhere: keys and passwords, card numbers, e-mail"
                    + " addresses, IP addresses, telephone numbers; [] for nothing."));
    static final Setting<List<String>> USAGE_REDACT_PATTERNS = add(
            "usage.redact-patterns",
            listOf(Redactions.pattern()),
            null,
            "Patterns of your own in RE2's syntax, each with the name that stands in the place of what it finds, at most 32.");
    static final Setting<Long> USAGE_MEMORY = add(
            "usage.memory",
            size(1 << 20, 1 << 30),
            "16MiB",
            "Usage records that wait for the spool, in a file of this size, rounded down to a power of two, that outlives the"
                    + " process; what finds no room is counted and lost.");
    static final Setting<Integer> USAGE_BATCH =
            add("usage.batch", integer(1, 100_000), "10000", "The most records that are written at once.");
    static final Setting<Duration> USAGE_DELAY = add(
            "usage.delay",
            duration(ofMillis(1), ofSeconds(10)),
            "1s",
            "How long a record waits for others; five times as long where 200 or more wait in a spool that is less than a quarter full.");

    static final Setting<ZoneId> JOBS_ZONE = add(
            "jobs.zone",
            JobTypes.zone(),
            "UTC",
            "Whose calendar the schedules of jobs mean, e.g. Europe/Berlin. Usage is kept by days of UTC all the same.");
    static final Setting<Schedule> JOBS_AGGREGATE = add(
            "jobs.aggregate",
            JobTypes.schedule(),
            "daily 03:00",
            "When the usage of past days is brought into figures: daily 03:00, weekly sun 05:00, monthly 1 06:00,"
                    + " monthly sat 06:00 (its first Saturday), hourly :20, every 10m.");
    static final Setting<Schedule> JOBS_PARTITIONS =
            add("jobs.partitions", JobTypes.schedule(), "hourly :05", "When the partitions of coming days are made.");
    static final Setting<Schedule> JOBS_RETENTION = add(
            "jobs.retention",
            JobTypes.schedule(),
            "hourly :20",
            "When usage that is old, or for which there is no room, is archived.");
    static final Setting<Schedule> JOBS_CLEANUP =
            add("jobs.cleanup", JobTypes.schedule(), "weekly sun 05:00", "When what nobody needs any more is removed.");
    static final Setting<Schedule> JOBS_BACKUP =
            add("jobs.backup", JobTypes.schedule(), "daily 02:00", "When everything is backed up.");
    static final Setting<Schedule> JOBS_BACKUP_SAMPLE = add(
            "jobs.backup-sample",
            JobTypes.schedule(),
            "daily 04:00",
            "When a part of each store of backups is read, as much as backup.sample says.");
    static final Setting<Schedule> JOBS_BACKUP_VERIFY = add(
            "jobs.backup-verify",
            JobTypes.schedule(),
            "weekly sun 04:30",
            "When every byte of each store of backups is read.");
    static final Setting<Schedule> JOBS_BACKUP_PRUNE = add(
            "jobs.backup-prune",
            JobTypes.schedule(),
            "weekly mon 04:30",
            "When snapshots are forgotten that backup.keep does not keep.");
    static final Setting<Schedule> JOBS_BACKUP_DRILL = add(
            "jobs.backup-drill",
            JobTypes.schedule(),
            "monthly sat 05:30",
            "When a Brain is started on the newest snapshot and compared with the live one.");
    static final Setting<Integer> RETENTION_DAYS = add(
            "retention.days",
            integer(1, 3_650),
            "90",
            "Days before today whose usage stays in the database, request by request; older ones go to the archive."
                    + " Figures stay.");
    static final Setting<Long> RETENTION_SIZE = add(
            "retention.max-size",
            size(64L << 20, 1L << 50),
            "15GiB",
            "The database's size above which the oldest days go to the archive before their time.");

    static {
        TABLE.addAll(ArchiveSettings.all());
    }

    static final Setting<LogLevel> LOG_LEVEL =
            add("log.level", oneOf(LogLevel.class), "info", "The least grave messages that are logged.");
    static final Setting<LogFormat> LOG_FORMAT =
            add("log.format", oneOf(LogFormat.class), "text", "Lines for people, or a JSON object a line.");

    static final Setting<RateLimit> PLAN_RATE = add(
            "plans.*.rate",
            LimitTypes.rate(),
            "600/min",
            "Requests of each key of the plan. The plan named default holds for keys that name no other.");
    static final Setting<List<Quota>> PLAN_QUOTAS = add(
            "plans.*.quotas",
            listOf(LimitTypes.quota()),
            null,
            "Requests of each key in a calendar day or month of UTC. None by default.");

    static final Setting<Integer> PLAN_CONCURRENT =
            add("plans.*.max-concurrent", integer(1, 10_000), "256", "Requests of one key at once; one more is a 429.");

    static final Setting<Integer> PLAN_PRIORITY = add(
            "plans.*.priority",
            OriginTypes.priority(),
            "0",
            "Whose requests go first where they wait for a turn at the Brain; one more is worth a second of waiting.");

    static final Setting<String> ROUTE_NAME =
            required("routes[].name", label(64), "The name in scopes, metrics and usage.");
    static final Setting<List<String>> ROUTE_METHODS = required(
            "routes[].methods", listOf(Routes.method()), "The methods that it takes; others are answered 405.");
    static final Setting<String> ROUTE_PATH = required(
            "routes[].path",
            Routes.path(),
            "A path of literal segments, {name} for one segment, and a final ** for any rest.");
    static final Setting<Route.Auth> ROUTE_AUTH =
            add("routes[].auth", oneOf(Route.Auth.class), "key", "What a caller must show.");
    static final Setting<RateLimit> ROUTE_RATE =
            add("routes[].rate", LimitTypes.rate(), null, "A limit for each caller on this route, beyond the plan's.");
    static final Setting<Long> ROUTE_MAX_BODY =
            add("routes[].max-body", size(0, 1 << 30), "1MiB", "The longest content of a request; more is a 413.");
    static final Setting<Duration> ROUTE_TIMEOUT = add(
            "routes[].timeout",
            duration(ofMillis(100), ofMinutes(10)),
            "30s",
            "How long the Brain may take until its answer begins; then it is a 504.");
    static final Setting<Boolean> ROUTE_WEBSOCKET = add(
            "routes[].websocket",
            bool(),
            "false",
            "Whether clients may switch to WebSocket, where the Brain agrees. For GET over HTTP/1.1.");
    static final Setting<EdgePolicy.QueryText> ROUTE_QUERY_TEXT = add(
            "routes[].query-text",
            oneOf(EdgePolicy.QueryText.class),
            null,
            "How much of this route's questions is kept, where that is less than usage.query-text says.");
    static final Setting<Routes.CacheMode> ROUTE_CACHE = add(
            "routes[].cache.mode",
            oneOf(Routes.CacheMode.class),
            "http",
            "off: nothing is stored. http: GET and HEAD, as the answer's fields allow (RFC 9111). query: POST and"
                    + " QUERY too, under their canonical content.");
    static final Setting<CacheRule.Scope> ROUTE_CACHE_SCOPE = add(
            "routes[].cache.scope",
            oneOf(CacheRule.Scope.class),
            "public",
            "Who shares a stored answer: every caller, the keys of one user, or one key. For mode query.");
    static final Setting<Duration> ROUTE_CACHE_TTL = add(
            "routes[].cache.ttl",
            duration(Duration.ZERO, ofDays(365)),
            "1h",
            "How long an answer is fresh that does not say so itself. For mode query.");
    static final Setting<Long> ROUTE_CACHE_MAX =
            add("routes[].cache.max-answer", size(0, 1 << 30), "1MiB", "A longer answer is not stored.");
    static final Setting<Boolean> ROUTE_CACHE_HEURISTIC = add(
            "routes[].cache.heuristic",
            bool(),
            "false",
            "Whether an answer that tells only when it was last modified is fresh for a tenth of its age. For mode"
                    + " http.");
    static final Setting<String> ROUTE_CACHE_TEXT = add(
            "routes[].cache.text",
            text(64),
            null,
            "The JSON member that holds the question, which GET ?q= stands for. For mode query.");

    static final Setting<Duration> ROUTE_CACHE_STALE_REVALIDATE = add(
            "routes[].cache.stale-while-revalidate",
            duration(Duration.ZERO, ofDays(365)),
            "0s",
            "How long a stale answer that does not say so itself is still given while the Brain is asked anew.");
    static final Setting<Duration> ROUTE_CACHE_STALE_ERROR = add(
            "routes[].cache.stale-if-error",
            duration(Duration.ZERO, ofDays(365)),
            null,
            "How long a stale answer that does not say so itself is given while the Brain is away; 1d by default in mode"
                    + " query, else 0s.");
    static final Setting<Duration> ROUTE_CACHE_STALE_SLOW = add(
            "routes[].cache.stale-if-slow",
            duration(Duration.ZERO, ofMinutes(10)),
            null,
            "After which time such a stale answer is given because the Brain has not answered yet, while it goes on; 0s:"
                    + " never. 5s by default in mode query, else 0s.");
    static final Setting<List<String>> ROUTE_CACHE_FIELDS = add(
            "routes[].cache.key-fields",
            listOf(Routes.field()),
            null,
            "Fields of the request that answers depend on, in lower case; they reach the Brain. For mode query.");
    static final Setting<Boolean> ROUTE_CACHE_FOLD = add(
            "routes[].cache.fold-text",
            bool(),
            "false",
            "Whether questions that differ only in case, in white space or in the Unicode form of their letters (NFKC)"
                    + " are the same. For mode query.");

    static final Setting<List<String>> ROUTE_CACHE_TAGS = add(
            "routes[].cache.tags",
            listOf(Routes.tagPointer()),
            null,
            "JSON pointers (RFC 6901, * for every element) to what an answer can be purged by, 8 at the most;"
                    + " /sources/*/id by default, [] for none. For mode query.");
    static final Setting<Boolean> ROUTE_CACHE_ERRORS = add(
            "routes[].cache.store-errors",
            bool(),
            "false",
            "Whether answers that blame the request (400, 403 and their like) are stored where they say how long they"
                    + " are fresh; one hostile request can then deny a page to all. For mode http.");

    static final Setting<Boolean> ROUTE_CACHE_STREAMS = add(
            "routes[].cache.store-streams",
            bool(),
            "false",
            "Whether streams of events (text/event-stream) that ended as they should are stored and replayed.");

    static {
        TABLE.addAll(BackupSettings.all());
    }

    private Settings() {}

    /** All settings, in the order of the documentation. */
    static List<Setting<?>> all() {
        return Collections.unmodifiableList(TABLE);
    }

    private static <T> Setting<T> add(String path, ValueType<T> type, @Nullable String standard, String doc) {
        return enter(new Setting<>(path, type, standard == null ? null : List.of(standard), false, false, doc));
    }

    private static Setting<Duration> time(String path, String standard, String doc) {
        return add(path, duration(ofMillis(100), ofHours(1)), standard, doc);
    }

    private static <T> Setting<T> required(String path, ValueType<T> type, String doc) {
        return enter(new Setting<>(path, type, null, true, false, doc));
    }

    private static <T> Setting<T> secret(String path, ValueType<T> type, String doc) {
        return enter(new Setting<>(path, type, null, false, true, doc));
    }

    private static <T> Setting<T> enter(Setting<T> setting) {
        TABLE.add(setting);
        return setting;
    }
}
