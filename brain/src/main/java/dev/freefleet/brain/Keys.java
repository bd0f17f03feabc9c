package dev.freefleet.brain;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Brain's own keys; compared in a time that does not tell how much of one was right. */
final class Keys {

    private static final HeaderName API_KEY = HeaderNames.create("X-API-Key");
    private static final HeaderName ADMIN_KEY = HeaderNames.create("X-Admin-Key");

    private static final HeaderName GATEWAY_SECRET = HeaderNames.create("X-Fleet-Secret");

    private final @Nullable String gatewaySecret;
    private final @Nullable String apiKey;
    private final @Nullable String adminKey;

    Keys(BrainConfig config) {
        this.gatewaySecret = config.gatewaySecret();
        this.apiKey = config.apiKey();
        this.adminKey = config.adminKey();
    }

    void check(Call.Auth auth, ServerRequest request) {
        switch (auth) {
            case NONE -> {}
            case KEY -> {
                if (gatewaySecret != null && !same(GATEWAY_SECRET, gatewaySecret, request)) {
                    throw new ApiError(
                            403, "This Brain answers its gateway alone.", "Ask at the gateway's address.", Map.of());
                }
                if (apiKey != null) {
                    demand(API_KEY, apiKey, request);
                }
            }
            case ADMIN -> {
                if (adminKey == null) {
                    throw new ApiError(
                            403, "Snapshots are off.", "Start the Brain with an admin key to take them.", Map.of());
                }
                demand(ADMIN_KEY, adminKey, request);
            }
        }
    }

    private static void demand(HeaderName name, String key, ServerRequest request) {
        if (!same(name, key, request)) {
            throw new ApiError(
                    401,
                    "The key is missing or wrong.",
                    "Send it in " + name.defaultCase() + ".",
                    Map.of("WWW-Authenticate", "ApiKey header=\"" + name.defaultCase() + "\""));
        }
    }

    private static boolean same(HeaderName name, String key, ServerRequest request) {
        String given = request.headers().first(name).orElse("");
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
    }
}
