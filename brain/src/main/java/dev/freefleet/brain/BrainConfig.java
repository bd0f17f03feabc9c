package dev.freefleet.brain;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a Brain is set up; make one with {@link #in(Path)} and change it with the {@code with} methods.
 *
 * @param directory holds the index and its state file; created when missing
 * @param adminKey what {@code X-Admin-Key} must be for snapshots, 16 characters or more; null: nobody gets one
 * @param apiKey what {@code X-API-Key} must be for the calls that answer; null: no key is asked for
 * @param bodyBytes the most bytes of a request's content, 1 to 64 MiB, default 1 MiB
 * @param fileBytes the most bytes of a document, 1 to 256 MiB, default 4 MiB; larger files are skipped and reported
 * @param documents the most documents of one ingest, 1 to 1,000,000, default 100,000
 * @param threads how many texts the sentence model reads at once, 1 to 16, default 2
 * @param concurrentRequests how many requests are worked on at once, 1 to 1,000, default 32; others get 503
 * @param gatewaySecret what {@code X-Fleet-Secret} must be for the calls that answer, which only a gateway before it
 *     knows; null: everybody may ask
 */
public record BrainConfig(
        Path directory,
        @Nullable String adminKey,
        @Nullable String apiKey,
        int bodyBytes,
        int fileBytes,
        int documents,
        int threads,
        int concurrentRequests,
        @Nullable String gatewaySecret) {

    private static final int MIB = 1024 * 1024;

    public BrainConfig {
        requireNonNull(directory, "directory");
        if (adminKey != null && adminKey.length() < 16) {
            throw new IllegalArgumentException("the Brain's admin key must have 16 characters or more");
        }
        if (apiKey != null && apiKey.isBlank()) {
            throw new IllegalArgumentException("the Brain's API key must not be blank; leave it out to ask for none");
        }
        if (gatewaySecret != null && gatewaySecret.isBlank()) {
            throw new IllegalArgumentException("the gateway's secret must not be blank; leave it out to ask for none");
        }
        range("bodyBytes", bodyBytes, 64 * MIB);
        range("fileBytes", fileBytes, 256 * MIB);
        range("documents", documents, 1_000_000);
        range("threads", threads, 16);
        range("concurrentRequests", concurrentRequests, 1_000);
    }

    /** The defaults, with the index in that directory and no keys. */
    public static BrainConfig in(Path directory) {
        return new BrainConfig(directory, null, null, MIB, 4 * MIB, 100_000, 2, 32, null);
    }

    public BrainConfig withAdminKey(@Nullable String key) {
        return new BrainConfig(
                directory, key, apiKey, bodyBytes, fileBytes, documents, threads, concurrentRequests, gatewaySecret);
    }

    public BrainConfig withApiKey(@Nullable String key) {
        return new BrainConfig(
                directory, adminKey, key, bodyBytes, fileBytes, documents, threads, concurrentRequests, gatewaySecret);
    }

    public BrainConfig withGatewaySecret(@Nullable String secret) {
        return new BrainConfig(
                directory, adminKey, apiKey, bodyBytes, fileBytes, documents, threads, concurrentRequests, secret);
    }

    public BrainConfig withBodyBytes(int bytes) {
        return new BrainConfig(
                directory, adminKey, apiKey, bytes, fileBytes, documents, threads, concurrentRequests, gatewaySecret);
    }

    public BrainConfig withFileBytes(int bytes) {
        return new BrainConfig(
                directory, adminKey, apiKey, bodyBytes, bytes, documents, threads, concurrentRequests, gatewaySecret);
    }

    public BrainConfig withDocuments(int most) {
        return new BrainConfig(
                directory, adminKey, apiKey, bodyBytes, fileBytes, most, threads, concurrentRequests, gatewaySecret);
    }

    public BrainConfig withThreads(int count) {
        return new BrainConfig(
                directory, adminKey, apiKey, bodyBytes, fileBytes, documents, count, concurrentRequests, gatewaySecret);
    }

    public BrainConfig withConcurrentRequests(int most) {
        return new BrainConfig(
                directory, adminKey, apiKey, bodyBytes, fileBytes, documents, threads, most, gatewaySecret);
    }

    private static void range(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("the Brain's " + name + " must be from 1 to " + most + ", was " + value);
        }
    }

    /** Everything but the keys. */
    @Override
    public String toString() {
        return "BrainConfig[directory=" + directory + ", adminKey=" + (adminKey == null ? "none" : "set")
                + ", apiKey=" + (apiKey == null ? "none" : "set") + ", bodyBytes=" + bodyBytes + ", fileBytes="
                + fileBytes + ", documents=" + documents + ", threads=" + threads + ", concurrentRequests="
                + concurrentRequests + ", gatewaySecret=" + (gatewaySecret == null ? "none" : "set") + "]";
    }
}
