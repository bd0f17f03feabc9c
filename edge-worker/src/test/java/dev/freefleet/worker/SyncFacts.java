package dev.freefleet.worker;

import dev.freefleet.edge.KeyState;
import dev.freefleet.edge.KeyToken;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import dev.freefleet.edgesync.FleetWriters;
import dev.freefleet.edgesync.KnownKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Something that the fleet may have to say to edges.
 *
 * @param written as the fleet writes it
 * @param meant as an edge should understand it
 */
record SyncFacts(byte[] written, FleetState meant) {
    private static final long MAX_NUMBER = (1L << 53) - 1;
    private static final long MINUTE = 60_000;
    private static final List<String> TEXTS =
            List.of("", "query", "notes/a.md", "ä€𝄞", "\"\\\n\u0000\u2028", "</script>", "9007199254740993");
    private static final List<String> NAMES = List.of("default", "a", "p_1-x", "toString", "__proto__", "constructor");
    private static final List<String> ROUTES = List.of("query", "query-smart", "wisdom", "__proto__");
    private static final List<String> BLOCKS = List.of("192.0.2.0/24", "2001:db8::/32", "10.0.0.1/32");

    static SyncFacts random(Random random) {
        Map<Long, KeyState> states = new HashMap<>();
        Map<Long, KeyState> understood = new HashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            KeyState state = state(random);
            states.put(state.keyId(), state);
            // Of a revoked key nothing else needs to be known.
            KeyState told = new KeyState(state.keyId(), true, null, List.of(), Set.of());
            understood.put(state.keyId(), state.revoked() ? told : state);
        }
        Map<String, KeyToken> imported = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            byte[] digest = new byte[32];
            random.nextBytes(digest);
            imported.put(HexFormat.of().formatHex(digest), token(random));
        }
        List<FleetWriters.Purge> purges = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            purges.add(new FleetWriters.Purge(
                    number(random), orNull(random, ROUTES), orNull(random, TEXTS), orNull(random, TEXTS)));
        }
        Set<String> hot = cacheKeys(random);
        Set<String> wanted = cacheKeys(random);
        long hold = number(random);
        String status = one(random, List.of("healthy", "degraded", "down", "unknown"));
        String index = one(random, TEXTS);
        long floor = number(random);
        return new SyncFacts(
                FleetWriters.sync(
                        hold,
                        status,
                        index,
                        new KnownKeys.Known(states, imported),
                        floor,
                        purges,
                        List.copyOf(hot),
                        List.copyOf(wanted)),
                new FleetState(understood, imported, true, hold, index, status, purges(floor, purges), hot, wanted));
    }

    private static Set<String> cacheKeys(Random random) {
        Set<String> keys = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            keys.add(one(random, ROUTES) + ':' + Integer.toHexString(random.nextInt()));
        }
        return keys;
    }

    private static Purges purges(long floor, List<FleetWriters.Purge> purges) {
        return new Purges(
                floor,
                purges.stream()
                        .map(purge -> new Purges.Purge(purge.at(), purge.route(), purge.tag(), purge.key()))
                        .toList());
    }

    private static KeyState state(Random random) {
        List<Quota> quotas = new ArrayList<>();
        for (Quota.Period period : Quota.Period.values()) {
            if (random.nextBoolean()) {
                quotas.add(new Quota(1 + random.nextInt(999_999_999), period));
            }
        }
        RateLimit rate = new RateLimit(
                1 + random.nextInt(999_999), 1_000 + random.nextInt(86_399_000), 1 + random.nextInt(999_999));
        return new KeyState(
                1 + number(random) % (MAX_NUMBER - 1),
                random.nextInt(3) == 0,
                random.nextBoolean() ? null : rate,
                quotas,
                new HashSet<>(ROUTES.subList(0, random.nextInt(ROUTES.size()))),
                BLOCKS.subList(0, random.nextInt(BLOCKS.size() + 1)),
                orZero(random),
                orZero(random),
                random.nextBoolean() ? 0 : random.nextInt(10_001),
                orNull(random, NAMES));
    }

    private static KeyToken token(Random random) {
        String plan;
        do {
            plan = one(random, NAMES);
        } while (!KeyToken.isPlan(plan));
        return new KeyToken(
                1 + random.nextInt(255),
                1 + number(random) % (MAX_NUMBER - 1),
                1 + number(random) % (MAX_NUMBER - 1),
                random.nextBoolean() ? 0 : (random.nextLong() & 0xffff_ffffL) * MINUTE,
                plan);
    }

    /** A number that JSON's readers keep: below 2^53. */
    private static long number(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(10);
            case 1 -> MAX_NUMBER - random.nextInt(10);
            default -> random.nextLong() & MAX_NUMBER;
        };
    }

    private static long orZero(Random random) {
        return random.nextBoolean() ? 0 : number(random);
    }

    private static @Nullable String orNull(Random random, List<String> texts) {
        return random.nextBoolean() ? null : one(random, texts);
    }

    private static <T> T one(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
