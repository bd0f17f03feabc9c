package dev.freefleet.gateway;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Redis or Valkey that several gateways share.
 *
 * @param url {@code redis://host[:port][/database]}, or {@code rediss://} for TLS, whose certificate and name are verified; it
 *     holds no password
 * @param user the user (Redis 6 and later), or null for the one named "default"
 * @param password its password, or null for none
 * @param ca whose certificates are trusted, a PEM file; null: those that Java trusts
 * @param timeout how long a request waits for it before the gateway decides alone, 1 ms to 10 s; the default is 50 ms
 * @param answerTtl how long an answer stays there, 1 s to 30 days; the default is a day
 * @param maxAnswerBytes answers longer than this are not shared, 0 (none is) to 64 MiB; the default is 1 MiB
 */
public record RedisConfig(
        URI url,
        @Nullable String user,
        @Nullable String password,
        @Nullable Path ca,
        Duration timeout,
        Duration answerTtl,
        int maxAnswerBytes) {
    public RedisConfig {
        Objects.requireNonNull(url, "url");
        String path = Objects.requireNonNullElse(url.getRawPath(), "");
        if ((!"redis".equals(url.getScheme()) && !"rediss".equals(url.getScheme()))
                || url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawQuery() != null
                || url.getRawFragment() != null
                || !isDatabase(path)) {
            throw new IllegalArgumentException("the URL must look like redis://host:6379 or rediss://host:6379/2");
        }
        requireRange(timeout, Duration.ofMillis(1), Duration.ofSeconds(10), "timeout");
        requireRange(answerTtl, Duration.ofSeconds(1), Duration.ofDays(30), "answerTtl");
        if (maxAnswerBytes < 0 || maxAnswerBytes > 64 << 20) {
            throw new IllegalArgumentException("maxAnswerBytes must be 0 to 67108864, but is " + maxAnswerBytes);
        }
    }

    private static boolean isDatabase(String path) {
        return path.isEmpty()
                || path.equals("/")
                || (path.length() <= 4 && path.chars().skip(1).allMatch(c -> c >= '0' && c <= '9'));
    }

    /** The defaults for a server without a password. */
    public static RedisConfig of(URI url) {
        return new RedisConfig(url, null, null, null, Duration.ofMillis(50), Duration.ofDays(1), 1 << 20);
    }

    boolean secure() {
        return "rediss".equals(url.getScheme());
    }

    int port() {
        return url.getPort() < 0 ? 6379 : url.getPort();
    }

    int database() {
        String path = Objects.requireNonNullElse(url.getRawPath(), "");
        return path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
    }

    /** Host and port, for people. */
    String where() {
        return url.getHost() + ":" + port();
    }

    private static void requireRange(Duration value, Duration min, Duration max, String name) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", but is " + value);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RedisConfig[" + url + "]";
    }
}
