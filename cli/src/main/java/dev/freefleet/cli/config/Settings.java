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
import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
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
    static final Setting<Boolean> GATEWAY_NATIVE =
            add("gateway.native-transport", bool(), "true", "Whether to use epoll where the system has it.");

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
            time("origin.idle-timeout", "30s", "How long an unused connection to the Brain is kept.");
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

    static final Setting<Long> CACHE_MEMORY =
            add("cache.memory", size(1 << 20, 64L << 30), "64MiB", "Bytes of answers that the cache keeps in memory.");
    static final Setting<Duration> CACHE_COALESCE = add(
            "cache.coalesce-wait",
            duration(Duration.ZERO, ofMinutes(10)),
            "10s",
            "How long a request waits for another's fetch of the same answer before it asks itself.");

    static final Setting<RateLimit> LIMITS_ADDRESS = add(
            "limits.address",
            LimitTypes.rate(),
            "1200/min",
            "Requests from each client address (IPv6: each /64), over all routes and keys.");
    static final Setting<RateLimit> LIMITS_REFUSED = add(
            "limits.refused-keys",
            LimitTypes.rate(),
            "20/min",
            "Refused keys from each client address; past it the address is answered 429 before its key is looked at.");
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
            "A PostgreSQL 14 to 18, e.g. jdbc:postgresql://db.example/fleet?sslmode=verify-full. Without it an"
                    + " embedded one runs in the data directory.");
    static final Setting<String> DATABASE_USER =
            add("database.user", text(63), "fleet", "The user of the database behind database.url.");
    static final Setting<String> DATABASE_PASSWORD =
            secret("database.password", text(1_000), "The password of the database behind database.url.");
    static final Setting<Integer> DATABASE_POOL =
            add("database.pool", integer(1, 100), "4", "Connections to the database.");
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

    static final Setting<EdgePolicy.QueryText> USAGE_QUERY_TEXT = add(
            "usage.query-text",
            oneOf(EdgePolicy.QueryText.class),
            "full",
            "How much of a question each usage record keeps: its text and digest, its digest alone, or nothing.");
    static final Setting<Long> USAGE_MEMORY = add(
            "usage.memory",
            size(1 << 20, 1 << 30),
            "16MiB",
            "Usage records that wait for the database; what finds no room is counted and lost.");
    static final Setting<Integer> USAGE_BATCH =
            add("usage.batch", integer(1, 100_000), "5000", "The most records that are written at once.");
    static final Setting<Duration> USAGE_DELAY =
            add("usage.delay", duration(ofMillis(1), ofSeconds(10)), "200ms", "How long a record waits for others.");

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
    static final Setting<List<String>> ROUTE_CACHE_FIELDS = add(
            "routes[].cache.key-fields",
            listOf(Routes.field()),
            null,
            "Fields of the request that answers depend on, in lower case; they reach the Brain. For mode query.");
    static final Setting<Boolean> ROUTE_CACHE_FOLD = add(
            "routes[].cache.fold-text",
            bool(),
            "false",
            "Whether questions that differ only in the case of ASCII letters or in white space are the same. For mode"
                    + " query.");

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
