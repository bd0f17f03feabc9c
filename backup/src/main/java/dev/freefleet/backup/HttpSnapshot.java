package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Brain's snapshot, fetched over HTTP: {@code GET /admin/snapshot}. Trusted only with status 200 and a content type of a tar or of
 * opaque bytes; its {@code Content-Length} and, where sent, the SHA-256 of its {@code Content-Digest} or {@code Repr-Digest}
 * (RFC 9530) are what the stream must then have.
 */
public final class HttpSnapshot {
    private HttpSnapshot() {}

    /**
     * Asks for the snapshot and returns it as a source, for one backup.
     *
     * @param name of the source
     * @param uri of the snapshot
     * @param headers sent with the request, such as the admin key; never part of a message
     * @param answerWithin longest wait for the answer to begin; a Brain may take minutes to make a snapshot
     * @throws BackupException of reason {@code SOURCE_FAILED} if the answer is anything else than a snapshot
     */
    public static Source.Stream request(
            HttpClient client, String name, URI uri, Map<String, String> headers, Duration answerWithin) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(answerWithin).GET();
        headers.forEach(request::header);
        HttpResponse<InputStream> answer;
        try {
            answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw failed(uri, "it does not answer (" + e + "). Check that the Brain runs", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(Reason.CANCELLED, null, "Interrupted while waiting for " + where(uri), e);
        }
        boolean accepted = false;
        try {
            Source.Stream source = accept(name, uri, answer);
            accepted = true;
            return source;
        } finally {
            if (!accepted) {
                discard(answer.body());
            }
        }
    }

    private static Source.Stream accept(String name, URI uri, HttpResponse<InputStream> answer) {
        if (answer.statusCode() != 200) {
            throw failed(
                    uri,
                    "it answers with status " + answer.statusCode() + ". Check the admin key and the Brain's log",
                    null);
        }
        String type = answer.headers()
                .firstValue("Content-Type")
                .orElse("")
                .split(";", 2)[0]
                .strip()
                .toLowerCase(Locale.ROOT);
        boolean tar = switch (type) {
            case "application/x-tar", "application/tar" -> true;
            case "application/octet-stream", "application/zstd", "application/gzip", "application/zip" -> false;
            default ->
                throw failed(
                        uri,
                        "it answers with content of type \"" + type + "\" where a snapshot is a tar or opaque bytes",
                        null);
        };
        long length = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
        return new Source.Stream(name, answer::body, length, digest(uri, answer), tar);
    }

    private static @Nullable String digest(URI uri, HttpResponse<?> answer) {
        for (String header : new String[] {"Content-Digest", "Repr-Digest"}) {
            for (String value : answer.headers().allValues(header)) {
                for (String one : value.split(",", -1)) {
                    String member = one.strip();
                    if (member.toLowerCase(Locale.ROOT).startsWith("sha-256=:") && member.endsWith(":")) {
                        return hex(uri, member.substring("sha-256=:".length(), member.length() - 1));
                    }
                }
            }
        }
        return null;
    }

    private static String hex(URI uri, String base64) {
        try {
            return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw failed(uri, "its digest header is not base64", e);
        }
    }

    private static void discard(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // The answer was refused already.
        }
    }

    /** The place without user information or query, either of which may hold a secret. */
    private static String where(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getPath();
    }

    private static BackupException failed(URI uri, String what, @Nullable Throwable cause) {
        return new BackupException(
                Reason.SOURCE_FAILED,
                null,
                "The snapshot of " + where(uri) + " cannot be had: " + what
                        + ". Nothing is recorded; earlier snapshots stand.",
                cause);
    }
}
