package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.gateway.RedisConfig;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the addresses of PostgreSQL and Redis are written. */
final class Databases {
    private Databases() {}

    /** A JDBC URL of PostgreSQL; {@code postgresql://} and {@code postgres://} stand for it. It holds no password. */
    static Scalar<String> url() {
        String writing = "e.g. jdbc:postgresql://db.example:5432/fleet";
        return new Scalar<>("database URL", writing, written -> parse(written, writing), url -> url);
    }

    private static String parse(String written, String writing) {
        String rest = after(written, "jdbc:postgresql://", "postgresql://", "postgres://");
        if (rest == null
                || rest.isEmpty()
                || rest.length() > 2_000
                || rest.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new BadValue("is not a PostgreSQL URL; write " + writing);
        }
        String lower = rest.toLowerCase(Locale.ROOT);
        if (authority(rest).indexOf('@') >= 0 || lower.contains("password=") || lower.contains("user=")) {
            throw BadValue.secret("holds a user or a password; write them as database.user and database.password");
        }
        return "jdbc:postgresql://" + rest;
    }

    private static String authority(String rest) {
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    /** {@code redis://host[:port][/database]} or {@code rediss://}; it holds no password. */
    static Scalar<URI> redis() {
        String writing = "e.g. redis://redis.example:6379/0";
        return new Scalar<>("Redis URL", writing, written -> parseRedis(written, writing), URI::toString);
    }

    private static URI parseRedis(String written, String writing) {
        if (written.indexOf('@') >= 0) {
            throw BadValue.secret("holds a user or a password; write them as redis.user and redis.password");
        }
        URI url;
        try {
            url = URI.create(written);
        } catch (IllegalArgumentException e) {
            throw new BadValue("is not a Redis URL; write " + writing);
        }
        try {
            return RedisConfig.of(url).url();
        } catch (IllegalArgumentException e) {
            throw new BadValue("is not a Redis URL; write " + writing);
        }
    }

    private static @Nullable String after(String written, String... prefixes) {
        for (String prefix : prefixes) {
            if (written.startsWith(prefix)) {
                return written.substring(prefix.length());
            }
        }
        return null;
    }
}
