package dev.freefleet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.data.DataConfig;
import dev.freefleet.data.IngestConfig;
import dev.freefleet.edge.AnswerTags;
import dev.freefleet.edge.CacheRule;
import dev.freefleet.edge.CircuitBreaker;
import dev.freefleet.edge.DefaultRoutes;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edge.Route;
import dev.freefleet.gateway.GatewayConfig;
import dev.freefleet.gateway.OriginTrust;
import dev.freefleet.gateway.Resilience;
import dev.freefleet.gateway.Tls;
import dev.freefleet.gateway.Transport;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    /** Every setting but those of the embedded parts, which exclude these. */
    private static final String[] EVERYTHING = {
        "data: here",
        "node: edge-7",
        "gateway: {host: 0.0.0.0, port: 81, max-connections: 7, max-line: 1KiB, max-head: 2KiB,",
        "  max-streams: 8, head-timeout: 1s, body-timeout: 2s, idle-timeout: 3s, write-timeout: 4s,",
        "  drain-timeout: 5s, threads: 9, transport: nio, max-websockets: 14, max-content: 3MiB, websocket-idle-timeout: 15s}",
        "tls: {self-signed: true, hsts: 365d, handshake-timeout: 11s, max-handshakes: 12, reload-interval: 13s}",
        "admin: {host: '::1', port: 82}",
        "brain: {url: 'https://brain.example/api', health-interval: 1m, health-path: /alive, key: k-1}",
        "origin: {connect-timeout: 500ms, idle-timeout: 6s, stall-timeout: 7s, concurrent: 3, queue: 4, max-head: 3KiB,",
        "  max-answer: 4KiB, queue-wait: 9s, retry-budget: 11, retry-minimum: 12,",
        "  breaker: {failures: 13, share: 14, window: 15s, cool-down: 16s, max-cool-down: 17s, probes: 18, successes: 19},",
        "  health: {failures: 20, successes: 21},",
        "  wake-up: {enabled: true, patience: 22s, waiting: 23, call: 'http://wake.example/?t=1', method: get},",
        "  ca: ca.pem, client-cert: me.pem, client-key: me.key, secret-header: x-mine, secret: s-1}",
        "cache: {memory: 1GiB, disk: 3GiB, coalesce-wait: 8s}",
        "limits: {address: 5/s, refused-keys: 2/h, buckets: 1001}",
        "trusted-proxies: [10.0.0.0/8, '2001:db8::/32', 192.0.2.1]",
        "cors: {origins: ['https://app.example'], max-age: 1h}",
        "database: {url: 'postgresql://db.example/x', user: u, password: 123, pool: 9, timeout: 1s, migrate-user: m,"
                + " migrate-password: 456, ingest-user: i, ingest-password: 789, read-user: r, read-password: 12}",
        "backup: {local: l, keep-local: true, passphrase: p, key-file: k, sources: [brain], folders: [f],"
                + " exclude: ['*.tmp'], append-only: true, local-cap: 1GiB, off-site-cap: 1GiB,"
                + " s3: {bucket: b, endpoint: 'https://s3.example', region: r, prefix: p, access-key: a, secret-key: s,"
                + " path-style: true, conditional-writes: true, requests: 99},"
                + " keep: {daily: 1, weekly: 2, monthly: 3}, brain: {url: 'https://b.example/s', key: k, answer-within: 1m},"
                + " drill: {command: [c], questions: ca.pem, count: 3, agree: 50}, scheduled: false, sample: 7, time-limit: 3h}",
        "redis: {url: 'rediss://redis.example:6380/1', user: u, password: p, ca: ca.pem, timeout: 20ms, answer-ttl: 1h,"
                + " max-answer: 2MiB}",
        "usage: {query-text: digest, redact: [email, ip], redact-patterns: ['patient=P-[0-9]+'], memory: 2MiB, batch: 10,"
                + " delay: 1s}",
        "edge: {url: 'https://fleet.example', brain-url: 'https://brain.example/api', domain: api.example, name: w, node: cf,"
                + " poll: 2s, hold: 2h, sync-bytes: 2MiB, max-syncs: 3, account: 0123456789abcdef0123456789abcdef,"
                + " kv-namespace: fedcba9876543210fedcba9876543210, api-token: t, api-url: 'https://api.example/v4',"
                + " kv-writes: 1, kv-deletes: 2, kv-lists: 3, kv-reads: 4, kv-answers: 5, drain-every: 6s, kv-every: 7s}",
        "jobs: {zone: Europe/Berlin, aggregate: daily 04:00, partitions: 'hourly :06', retention: 'hourly :21',"
                + " cleanup: weekly mon 05:00, backup: daily 01:00, backup-sample: daily 01:30, backup-verify: weekly sat 02:00,"
                + " backup-prune: weekly fri 02:00, backup-drill: monthly 3 02:00}",
        "retention: {days: 91, max-size: 1GiB}",
        "archive: {s3: {bucket: b, endpoint: 'https://s3.example', region: r, prefix: p, access-key: a, secret-key: s,"
                + " path-style: false, requests: 98}}",
        "log: {level: debug, format: json}",
        "plans:",
        "  default: {rate: 1/s burst 5, quotas: [7/day, 70/month], max-concurrent: 5, priority: -3}",
        "  gold: {}",
        "routes:",
        "- name: ask",
        "  query-text: off",
        "  methods: [GET, POST]",
        "  path: /ask/{topic}",
        "  auth: none",
        "  rate: 3/s",
        "  max-body: 10KiB",
        "  timeout: 2s",
        "  websocket: true",
        "  cache: {mode: query, scope: user, ttl: 1d, max-answer: 2MiB, text: question,",
        "    stale-while-revalidate: 5m, stale-if-error: 2d, stale-if-slow: 3s, key-fields: [accept-language], fold-text: true,",
        "    tags: [/sources/*/id, /author], store-streams: true}",
        "- {name: files, methods: [GET], path: /files/**,",
        "  cache: {heuristic: true, store-errors: true, store-streams: true}}",
        "- {name: rest, methods: [GET], path: /**, cache: {mode: off}}"
    };

    @TempDir
    Path folder;

    private Loading loading() {
        return new Loading(folder);
    }

    @Test
    void everyDefaultIsAsDocumented() {
        FleetConfig config = loading().config();

        assertThat(config.data()).isEqualTo(folder.resolve("fleet-data"));
        // But for a shorter drain (all must stop within 10 s) it is what the gateway itself takes for usual.
        GatewayConfig usual = GatewayConfig.of("127.0.0.1", 8080, URI.create("http://127.0.0.1"));
        assertThat(config.gateway())
                .isEqualTo(usual.with(new GatewayConfig.TimeLimits(
                        usual.times().head(),
                        usual.times().body(),
                        usual.times().idle(),
                        usual.times().write(),
                        Duration.ofSeconds(4))));
        assertThat(config.admin()).isEqualTo(new FleetConfig.Listener("127.0.0.1", 8090));
        assertThat(config.brain()).isEqualTo(new FleetConfig.Brain.Reference(List.of(), 0));
        assertThat(config.database()).isEqualTo(new FleetConfig.Database.Embedded(0, 4, Duration.ofSeconds(5)));
        assertThat(config.usage())
                .isEqualTo(new IngestConfig(65_536, 16L << 20, 10_000, Duration.ofSeconds(1), Duration.ofSeconds(3)));
        assertThat(config.log()).isEqualTo(new FleetConfig.Log(LogLevel.INFO, LogFormat.TEXT));
        assertThat(config.cacheDiskBytes()).isEqualTo(1L << 30);
        EdgePolicy policy = config.policy();
        assertThat(policy.node()).isEqualTo("local");
        assertThat(policy.routes()).isEqualTo(DefaultRoutes.all());
        assertThat(policy.plans())
                .containsOnlyKeys("default")
                .containsEntry("default", new EdgePolicy.Plan(new RateLimit(600, 60_000), List.of()));
        assertThat(policy.addressRate()).isEqualTo(new RateLimit(1200, 60_000));
        assertThat(policy.refusedKeyRate()).isEqualTo(new RateLimit(20, 60_000));
        assertThat(policy.trustedProxies()).isEmpty();
        assertThat(policy.cors()).isEqualTo(new EdgePolicy.Cors(Set.of(), 600));
        assertThat(policy.queryText()).isEqualTo(EdgePolicy.QueryText.FULL);
        assertThat(config.questions().routes()).isEmpty();
        assertThat(config.questions().redaction().apply("sk-0123456789abcdefgh, 4111111111111111, a@b.c"))
                .isEqualTo("[secret], [card], a@b.c");
        assertThat(policy.hstsSeconds()).isZero();
        assertThat(config.selfSigned()).isFalse();
    }

    @Test
    void aRouteThatNothingReachesIsTold() {
        assertThat(loading()
                        .yaml(
                                "routes:",
                                "- {name: a, methods: [GET], path: /a}",
                                "- {name: b, methods: [POST], path: /a}",
                                "- {name: c, methods: [GET], path: '/c/{one}/x'}",
                                "- {name: d, methods: [GET], path: /c/two/x}",
                                "- {name: e, methods: [GET], path: /c/**}",
                                "- {name: f, methods: [GET], path: '/c/{one}/**'}",
                                "- {name: g, methods: [GET], path: /c}",
                                "- {name: h, methods: [GET], path: /cc}")
                        .problems())
                .containsExactly(
                        "fleet.yaml:3: routes[1].path: \"/a\" is never reached, for a route before it takes all of \"/a\"; put this"
                                + " one before it, or its methods there",
                        "fleet.yaml:5: routes[3].path: \"/c/two/x\" is never reached, for a route before it takes all of"
                                + " \"/c/{one}/x\"; put this one before it, or its methods there",
                        "fleet.yaml:7: routes[5].path: \"/c/{one}/**\" is never reached, for a route before it takes all of"
                                + " \"/c/**\"; put this one before it, or its methods there",
                        "fleet.yaml:8: routes[6].path: \"/c\" is never reached, for a route before it takes all of \"/c/**\"; put"
                                + " this one before it, or its methods there");
    }

    @Test
    void everySettingOfTheFileArrives() throws Exception {
        TestFiles.ownCertificate(folder, "me");
        Files.copy(folder.resolve("me.pem"), folder.resolve("ca.pem"));
        FleetConfig config = loading().yaml(EVERYTHING).config();

        assertThat(config.data()).isEqualTo(folder.resolve("here"));
        assertThat(config.gateway())
                .isEqualTo(new GatewayConfig(
                        new GatewayConfig.Listener(
                                "0.0.0.0",
                                81,
                                7,
                                new Tls(
                                        folder.resolve("here/tls/cert.pem"),
                                        folder.resolve("here/tls/key.pem"),
                                        Duration.ofSeconds(11),
                                        12,
                                        Duration.ofSeconds(13))),
                        new GatewayConfig.RequestLimits(1 << 10, 2 << 10, 8, 14, 3 << 20),
                        new GatewayConfig.TimeLimits(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(15)),
                        new GatewayConfig.Origin(
                                URI.create("https://brain.example/api"),
                                3,
                                4,
                                Duration.ofMillis(500),
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(7),
                                3 << 10,
                                4 << 10,
                                "k-1",
                                new Resilience(
                                        new CircuitBreaker.Rule(
                                                13, 14, 15_000_000_000L, 16_000_000_000L, 17_000_000_000L, 18, 19),
                                        20,
                                        21,
                                        11,
                                        12,
                                        Duration.ofSeconds(9),
                                        new Resilience.Waking(
                                                Duration.ofSeconds(22),
                                                23,
                                                URI.create("http://wake.example/?t=1"),
                                                "GET")),
                                new OriginTrust(
                                        folder.resolve("ca.pem"),
                                        folder.resolve("me.pem"),
                                        folder.resolve("me.key"),
                                        "x-mine",
                                        "s-1")),
                        new GatewayConfig.Poll("/alive", Duration.ofMinutes(1)),
                        1L << 30,
                        1_001,
                        Duration.ofSeconds(8),
                        9,
                        Transport.NIO));
        assertThat(config.admin()).isEqualTo(new FleetConfig.Listener("::1", 82));
        assertThat(config.brain()).isEqualTo(new FleetConfig.Brain.External(URI.create("https://brain.example/api")));
        assertThat(config.database())
                .isEqualTo(new FleetConfig.Database.External(
                        "jdbc:postgresql://db.example/x",
                        new DataConfig.Roles(
                                new DataConfig.Credentials("u", "123"),
                                new DataConfig.Credentials("m", "456"),
                                new DataConfig.Credentials("i", "789"),
                                new DataConfig.Credentials("r", "12")),
                        9,
                        Duration.ofSeconds(1)));
        assertThat(config.usage())
                .isEqualTo(new IngestConfig(65_536, 2L << 20, 10, Duration.ofSeconds(1), Duration.ofSeconds(3)));
        assertThat(config.log()).isEqualTo(new FleetConfig.Log(LogLevel.DEBUG, LogFormat.JSON));
        assertThat(config.cacheDiskBytes()).isEqualTo(3L << 30);
        EdgePolicy policy = config.policy();
        assertThat(policy.node()).isEqualTo("edge-7");
        assertThat(policy.addressRate()).isEqualTo(new RateLimit(5, 1_000));
        assertThat(policy.refusedKeyRate()).isEqualTo(new RateLimit(2, 3_600_000));
        assertThat(policy.trustedProxies()).containsExactly("10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32");
        assertThat(policy.cors()).isEqualTo(new EdgePolicy.Cors(Set.of("https://app.example"), 3_600));
        assertThat(policy.queryText()).isEqualTo(EdgePolicy.QueryText.DIGEST);
        assertThat(config.questions().routes()).containsExactly(Map.entry("ask", EdgePolicy.QueryText.OFF));
        assertThat(config.questions().redaction().apply("P-17, 4111111111111111, a@b.c, 192.0.2.1"))
                .isEqualTo("[patient], 4111111111111111, [email], [ip]");
        assertThat(policy.hstsSeconds()).isEqualTo(365 * 86_400);
        assertThat(config.selfSigned()).isTrue();
        assertThat(policy.plans().get("default"))
                .isEqualTo(new EdgePolicy.Plan(
                        new RateLimit(1, 1_000, 5),
                        List.of(new Quota(7, Quota.Period.DAY), new Quota(70, Quota.Period.MONTH)),
                        5,
                        -3));
        assertThat(policy.plans().get("gold")).isEqualTo(new EdgePolicy.Plan(new RateLimit(600, 60_000), List.of()));
        assertThat(policy.routes())
                .containsExactly(
                        new Route(
                                "ask",
                                Set.of("GET", "POST"),
                                "/ask/{topic}",
                                Route.Auth.NONE,
                                new RateLimit(3, 1_000),
                                10 << 10,
                                2_000,
                                new CacheRule.Query(
                                        CacheRule.Scope.USER,
                                        86_400_000,
                                        2 << 20,
                                        "question",
                                        new CacheRule.Stale(300_000, 172_800_000, 3_000),
                                        List.of("accept-language"),
                                        true,
                                        new AnswerTags(List.of("/sources/*/id", "/author")),
                                        true),
                                true),
                        new Route(
                                "files",
                                Set.of("GET"),
                                "/files/**",
                                Route.Auth.KEY,
                                null,
                                1 << 20,
                                30_000,
                                new CacheRule.Http(1 << 20, true, CacheRule.Stale.NEVER, true, true)),
                        new Route(
                                "rest",
                                Set.of("GET"),
                                "/**",
                                Route.Auth.KEY,
                                null,
                                1 << 20,
                                30_000,
                                new CacheRule.Off()));
    }

    @Test
    void pointersToTagsAreChecked() {
        String route = "- {name: a, methods: [POST], path: /a, cache: {mode: query, tags: %s}}";
        assertThat(loading().yaml("routes:", route.formatted("[sources]")).problems())
                .singleElement()
                .asString()
                .contains("routes[0].cache.tags")
                .contains("is not a JSON pointer; write e.g. /sources/*/id");
        assertThat(loading()
                        .yaml("routes:", route.formatted("[/1, /2, /3, /4, /5, /6, /7, /8, /9]"))
                        .problems())
                .singleElement()
                .asString()
                .contains("0 to 8");
        CacheRule.Query none = (CacheRule.Query) loading()
                .yaml("routes:", route.formatted("[]"))
                .config()
                .policy()
                .routes()
                .getFirst()
                .cache();
        assertThat(none.tags()).isEqualTo(AnswerTags.NONE);
    }

    @Test
    void aDiskTooSmallForItsFilesIsRefused() {
        assertThat(loading().yaml("cache: {disk: 100KiB}").problems())
                .singleElement()
                .asString()
                .contains("cache.disk")
                .contains("0B, or 1MiB");
        assertThat(loading().yaml("cache: {disk: 0B}").config().cacheDiskBytes())
                .isZero();
    }

    @Test
    void theTestAboveLeavesNoSettingOut() throws Exception {
        TestFiles.ownCertificate(folder, "me");
        Files.copy(folder.resolve("me.pem"), folder.resolve("ca.pem"));
        Set<String> written = loading().yaml(EVERYTHING).load().settings().stream()
                .filter(setting -> setting.source() instanceof Source.File)
                .map(setting -> setting.path().replaceAll("\\[\\d+]", "[]").replaceAll("^plans\\.\\w+", "plans.*"))
                .collect(Collectors.toSet());
        assertThat(Settings.all().stream().map(Setting::path))
                .filteredOn(path -> !written.contains(path))
                .containsExactly(
                        "tls.cert",
                        "tls.key",
                        "brain.docs",
                        "brain.port",
                        "database.port",
                        "archive.folder",
                        "backup.off-site");
    }

    @Test
    void theSettingsOfTheEmbeddedPartsArrive() throws Exception {
        Files.createDirectory(folder.resolve("notes"));
        FleetConfig config = loading()
                .yaml("brain: {docs: [notes], port: 9100}", "database: {port: 5433}")
                .config();
        assertThat(config.brain()).isEqualTo(new FleetConfig.Brain.Reference(List.of(folder.resolve("notes")), 9100));
        assertThat(config.database()).isEqualTo(new FleetConfig.Database.Embedded(5433, 4, Duration.ofSeconds(5)));
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirLines() {
        assertThat(loading()
                        .yaml(
                                "gatway: {port: 1}",
                                "gateway:",
                                "  port: eighty",
                                "  host: 'not a host'",
                                "admin: {port: 99999}",
                                "limits:",
                                "  address: 60/mn",
                                "  adress: 60/min",
                                "trusted-proxies: 10.0.0.0/8",
                                "cors:",
                                "  origins:",
                                "    - https://app.example",
                                "    - https://app.example/path",
                                "cache:",
                                "cache: {memory: 3}",
                                "log: {level: [info]}",
                                "usage: {query-text: }",
                                "routes:",
                                "- {name: a, path: /a}",
                                "- {name: a, path: /b, methods: [GET], timeout: 1y}")
                        .variable("FLEET_GATEWAY_PROT", "1")
                        .variable("FLEET_DATABASE_POOL", "0")
                        .flags(new Flags(null, null, "http", null, null, null))
                        .problems())
                .containsExactlyInAnyOrder(
                        "fleet.yaml:1: gatway: is not a setting; did you mean gateway?",
                        "fleet.yaml:3: gateway.port: \"eighty\" is not a whole number; write 0 to 65535",
                        "fleet.yaml:4: gateway.host: \"not a host\" is not a host; write e.g. 127.0.0.1 or 0.0.0.0",
                        "fleet.yaml:5: admin.port: \"99999\" is out of range; write 0 to 65535",
                        "fleet.yaml:7: limits.address: \"60/mn\" is not a rate; write e.g. 10/s, 60/min, 1000/h or"
                                + " 60/min burst 10",
                        "fleet.yaml:8: limits.adress: is not a setting; did you mean address?",
                        "fleet.yaml:9: trusted-proxies: must be a list of values (list of CIDR blocks, e.g."
                                + " 10.0.0.0/8 or fd00::/8)",
                        "fleet.yaml:13: cors.origins[1]: \"https://app.example/path\" is not an origin; write e.g."
                                + " https://app.example, without a path",
                        "fleet.yaml:14: cache: must be a section of \"name: value\" lines",
                        "fleet.yaml:15: cache: stands a second time; the first is in line 14",
                        "fleet.yaml:16: log.level: must be one value (choice, error, warn, info, debug, trace)",
                        "fleet.yaml:17: usage.query-text: has no value; write one (choice, full, digest, off) or leave"
                                + " it out",
                        "fleet.yaml:19: routes[0].methods: is missing",
                        "fleet.yaml:20: routes[1].name: \"a\" is the name of a route before it",
                        "fleet.yaml:20: routes[1].timeout: \"1y\" is not a duration; write e.g. 500ms, 30s, 5m, 1h or"
                                + " 30d",
                        "FLEET_DATABASE_POOL: database.pool: \"0\" is out of range; write 1 to 100",
                        "FLEET_GATEWAY_PROT: is not a setting; did you mean FLEET_GATEWAY_PORT?",
                        "--port: gateway.port: \"http\" is not a whole number; write 0 to 65535");
    }

    @Test
    void aQueryRoutesCacheHasTheUsualDefaults() {
        assertThat(loading()
                        .yaml("routes:", "- {name: a, methods: [POST], path: /a, cache: {mode: query}}")
                        .config()
                        .policy()
                        .routes()
                        .getFirst()
                        .cache())
                .isEqualTo(new CacheRule.Query(CacheRule.Scope.PUBLIC, 3_600_000, 1 << 20, null));
    }

    @Test
    void theDefaultRoutesAreWhatTheirPrintedSettingsSay() {
        List<String> yaml = new ArrayList<>(List.of("routes:"));
        int routes = loading().config().policy().routes().size();
        for (int i = 0; i < routes; i++) {
            String prefix = "routes[" + i + "].";
            List<String> members = new ArrayList<>();
            List<String> cache = new ArrayList<>();
            for (EffectiveSetting setting : loading().load().settings()) {
                if (setting.path().startsWith(prefix) && !setting.values().isEmpty()) {
                    String value = setting.list()
                            ? setting.values().toString()
                            : setting.values().getFirst();
                    String name = setting.path().substring(prefix.length());
                    (name.startsWith("cache.") ? cache : members).add(name.replace("cache.", "") + ": " + value);
                }
            }
            yaml.add("- {" + String.join(", ", members) + ", cache: {" + String.join(", ", cache) + "}}");
        }
        assertThat(loading().yaml(yaml.toArray(String[]::new)).config().policy().routes())
                .isEqualTo(DefaultRoutes.all());
    }

    @Test
    void aPathTemplateThatTheEdgeRefusesIsAProblem() {
        assertThat(loading()
                        .yaml("routes:", "- {name: a, methods: [GET], path: /a/**/b}")
                        .problems())
                .singleElement()
                .asString()
                .startsWith("fleet.yaml:2: routes: route a: path /a/**/b must");
    }

    @Test
    void aPlansNameMustFitIntoAKey() {
        assertThat(loading().yaml("plans:", "  Gold Plan: {rate: 1/s}").problems())
                .containsExactly("fleet.yaml:2: plans.Gold Plan: is not a plan's name; write 1 to 32 of a-z 0-9 _ -");
    }

    @Test
    void certificatesAreForHttpsAndMustBeThere() throws Exception {
        assertThat(loading()
                        .yaml("brain: {url: 'http://b.example'}", "origin: {ca: ca.pem}")
                        .problems())
                .containsExactly("fleet.yaml:2: origin.ca: is for a brain.url that begins with https://");
        assertThat(loading()
                        .yaml("brain: {url: 'https://b.example'}", "origin: {ca: ca.pem}")
                        .problems())
                .containsExactly("fleet.yaml:2: origin.ca: " + folder.resolve("ca.pem")
                        + " does not exist; write the path of a PEM file");
        assertThat(loading()
                        .yaml("brain: {url: 'https://b.example'}", "origin: {client-cert: c.pem}")
                        .problems())
                .containsExactly("fleet.yaml:2: origin.client-cert: needs the other of origin.client-cert and"
                        + " origin.client-key");
        TestFiles.ownCertificate(folder, "one");
        TestFiles.ownCertificate(folder, "two");
        String key = "brain: {url: 'https://b.example'}\norigin: {client-cert: one.pem, client-key: %s.key}";
        assertThat(loading()
                        .yaml(key.formatted("one"))
                        .config()
                        .gateway()
                        .origin()
                        .url())
                .hasScheme("https");
        assertThat(loading().yaml(key.formatted("two")).problems())
                .singleElement()
                .asString()
                .contains("two.key is not the key of the first certificate in")
                .contains("one.pem");
    }

    @Test
    void whatOfTheOriginContradictsItselfIsTold() {
        assertThat(loading()
                        .yaml(
                                "origin:",
                                "  breaker: {cool-down: 5m}",
                                "  wake-up: {call: 'https://wake.example'}",
                                "  secret: s")
                        .problems())
                .containsExactly(
                        "fleet.yaml:2: origin.breaker.cool-down: is longer than origin.breaker.max-cool-down",
                        "fleet.yaml:3: origin.wake-up.call: does nothing unless origin.wake-up.enabled is true",
                        "fleet.yaml:4: origin.secret: is for a Brain behind brain.url, which is missing");
        assertThat(loading().yaml("plans: {p: {priority: 11}}").problems())
                .containsExactly("fleet.yaml:1: plans.p.priority: \"11\" is not a priority; write -10 to 10");
        assertThat(loading()
                        .yaml("origin: {wake-up: {enabled: true, call: 'ftp://wake.example'}}")
                        .problems())
                .singleElement()
                .asString()
                .contains("is not an http or https URL");
    }

    @Test
    void theEnvironmentOverridesTheFileAndFlagsOverrideBoth() {
        Loading loading = loading()
                .yaml("gateway: {port: 1}", "admin: {port: 2}", "cache: {memory: 1MiB}")
                .variable("FLEET_GATEWAY_PORT", "3")
                .variable("FLEET_ADMIN_PORT", "4")
                .flags(new Flags(null, null, "5", null, null, null));

        assertThat(loading.effective("gateway.port"))
                .hasToString("EffectiveSetting[path=gateway.port, values=[5]," + " list=false, source=--port]");
        assertThat(loading.effective("admin.port").source()).isEqualTo(new Source.Environment("FLEET_ADMIN_PORT"));
        assertThat(loading.effective("cache.memory").source()).isEqualTo(new Source.File("fleet.yaml", 3));
        assertThat(loading.effective("node").source()).isEqualTo(new Source.Standard());
        assertThat(loading.config().gateway().listener().port()).isEqualTo(5);
        assertThat(loading.config().admin().port()).isEqualTo(4);
    }

    @Test
    void aSecretComesFromAFileAndIsShownToNobody() throws Exception {
        Files.writeString(folder.resolve("password"), "tell nobody\n");
        Loading loading =
                loading().yaml("database: {url: 'jdbc:postgresql://db.example/x', password: 'file:password'}");

        assertThat(password(loading)).isEqualTo("tell nobody");
        assertThat(loading.load().toString()).doesNotContain("tell nobody");
        assertThat(loading.effective("database.password").values()).containsExactly(EffectiveSetting.MASK);
    }

    @Test
    void aVariableNamesASecretsFileToo() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "tell nobody\n");
        Loading loading = loading()
                .yaml("database: {url: 'jdbc:postgresql://db.example/x'}")
                .variable("FLEET_DATABASE_PASSWORD_FILE", file.toString());
        assertThat(password(loading)).isEqualTo("tell nobody");
        assertThat(loading.variable("FLEET_DATABASE_PASSWORD", "x").problems())
                .containsExactly("FLEET_DATABASE_PASSWORD_FILE: stands beside FLEET_DATABASE_PASSWORD; unset one of the"
                        + " two");
    }

    @Test
    void aRolesPasswordWithoutItsUserIsAProblem() {
        assertThat(loading()
                        .yaml("database: {url: 'jdbc:postgresql://db.example/x', ingest-password: x}")
                        .problems())
                .containsExactly(
                        "fleet.yaml:1: database.ingest-password: is of database.ingest-user, which is missing");
        assertThat(loading().yaml("database: {read-user: x}").problems())
                .containsExactly(
                        "fleet.yaml:1: database.read-user: is for the database behind database.url, which is missing");
    }

    @Test
    void patternsThatAreNoneAreToldWithWhatIsWrong() {
        assertThat(loading()
                        .yaml(
                                "usage:",
                                "  redact: [secret, name]",
                                "  redact-patterns: ['no name', 'a=(', 'b=x*', 'c=x']")
                        .problems())
                .hasSize(4)
                .satisfies(problems -> assertThat(String.join("\n", problems))
                        .contains("usage.redact")
                        .contains("has no name of 1 to 32")
                        .contains("is not a pattern of RE2")
                        .contains("finds the empty text"));
    }

    private static String password(Loading loading) {
        return loading.config().database() instanceof FleetConfig.Database.External external
                ? external.roles().main().password()
                : "none";
    }

    @Test
    void aSecretThatCannotBeReadIsAProblemThatDoesNotTellIt() {
        assertThat(loading()
                        .yaml("database: {url: 'jdbc:postgresql://db.example/x', password: 'file:nowhere'}")
                        .variable("FLEET_DATABASE_PASSWORD", "tell\u0007nobody")
                        .problems())
                .containsExactly(
                        "fleet.yaml:1: database.password: the value names a file that cannot be read: "
                                + folder.resolve("nowhere"),
                        "FLEET_DATABASE_PASSWORD: database.password: the value must be 1 to 1000 characters, none of"
                                + " them a control character");
    }

    @Test
    void oneBrainExcludesTheOther() throws Exception {
        Files.createDirectory(folder.resolve("notes"));
        assertThat(loading()
                        .yaml("brain:", "  url: http://127.0.0.1:9000", "  docs: [notes]")
                        .problems())
                .containsExactly("fleet.yaml:3: brain.docs: is for the reference Brain, but brain.url (fleet.yaml:2)"
                        + " names another; remove one of them");
    }

    @Test
    void aFlagChoosesTheOtherBrain() throws Exception {
        Files.createDirectory(folder.resolve("notes"));
        assertThat(loading()
                        .yaml("brain: {url: 'http://127.0.0.1:9000'}")
                        .flags(new Flags(null, null, null, null, null, "notes"))
                        .config()
                        .brain())
                .isInstanceOfSatisfying(
                        FleetConfig.Brain.Reference.class,
                        reference -> assertThat(reference.docs()).containsExactly(folder.resolve("notes")));
    }

    @Test
    void documentsThatAreNotThereAreAProblem() {
        assertThat(loading()
                        .flags(new Flags(null, null, null, null, null, "nowhere"))
                        .problems())
                .containsExactly("--brain-docs: brain.docs: " + folder.resolve("nowhere") + " does not exist");
    }

    @Test
    void twoServersOnOnePortAreAProblem() {
        assertThat(loading().yaml("gateway: {port: 8090}").problems())
                .containsExactly("default: admin.port: is the gateway's port too (8090); give one of them another");
    }

    @Test
    void brokenYamlIsOneProblemWithItsLine() {
        assertThat(loading().yaml("gateway:", "  port: [1", "admin: 2").problems())
                .singleElement()
                .asString()
                .startsWith("fleet.yaml:3: is not YAML: ");
    }

    @Test
    void aFileThatIsNamedMustBeThere() {
        assertThat(loading().flags(Flags.of("other.yaml", null)).problems())
                .containsExactly("other.yaml: does not exist (" + folder.resolve("other.yaml")
                        + "); correct --config or FLEET_CONFIG");
    }

    @Test
    void anEmptyFileIsNoProblem() {
        assertThat(loading().yaml("# nothing yet").config().gateway().listener().port())
                .isEqualTo(8080);
    }

    @Test
    void aPasswordInAUrlIsRefused() {
        assertThat(loading()
                        .yaml("database: {url: 'postgresql://me:secret@db.example/x'}")
                        .problems())
                .singleElement()
                .asString()
                .contains("holds a user or a password")
                .doesNotContain("me:secret");
    }

    @Test
    void anExceptionNeedsAProblem() {
        assertThatThrownBy(() -> new ConfigException(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void problemsAreToldInTheOrderOfTheirLines() {
        assertThat(loading()
                        .yaml(
                                "plans: {Wrong Name: {rate: 1/s}}",
                                "gateway: {port: many}",
                                "colour: red",
                                "admin: {port: none}")
                        .problems())
                .extracting(problem -> problem.split(":", 3)[1])
                .containsExactly("1", "2", "3", "4");
    }

    @Test
    void whatCloudflareWouldNotTakeIsToldHere() {
        String name = " is not a Worker's name; write 1 to 63 of a-z 0-9 -, no dash first or last";
        for (String wrong : List.of("my.worker_", "-a", "a-", "Worker", "a".repeat(64))) {
            assertThat(loading().yaml("edge: {name: " + wrong + "}").problems())
                    .containsExactly("fleet.yaml:1: edge.name: \"" + wrong + "\"" + name);
        }
        String domain = " is not a domain name, or not one with a dot; write e.g. api.example.org";
        for (String wrong : List.of(
                "127.0.0.1",
                "::1",
                "0x7f.0x1",
                "localhost",
                "a..example",
                "-a.example",
                "a.example.",
                "a_b.example",
                "a.example/x",
                "a".repeat(64) + ".example",
                "a.".repeat(124) + "example")) {
            assertThat(loading().yaml("edge: {domain: '" + wrong + "'}").problems())
                    .singleElement()
                    .asString()
                    .startsWith("fleet.yaml:1: edge.domain: ")
                    .endsWith(domain);
        }
        String id = " is not an id of Cloudflare's; write 32 of 0-9 a-f";
        for (String wrong : List.of("../../zones", "0123456789abcdef0123456789abcde", "g".repeat(32))) {
            assertThat(loading()
                            .yaml("edge: {account: '" + wrong + "'}")
                            .variable("FLEET_EDGE_KV_NAMESPACE", wrong)
                            .problems())
                    .containsExactlyInAnyOrder(
                            "fleet.yaml:1: edge.account: \"" + wrong + "\"" + id,
                            "FLEET_EDGE_KV_NAMESPACE: edge.kv-namespace: \"" + wrong + "\"" + id);
        }
    }

    @Test
    void whatCloudflareTakesIsTaken() {
        FleetConfig config = loading()
                .yaml("edge: {name: " + "a-1".repeat(21) + ", domain: x1.API.xn--bcher-kva.example}")
                .config();
        assertThat(config.edge().worker().name()).hasSize(63);
        assertThat(config.edge().worker().domain()).isEqualTo("x1.API.xn--bcher-kva.example");
    }
}
