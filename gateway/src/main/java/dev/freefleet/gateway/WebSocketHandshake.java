package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The opening handshake of WebSocket as far as a proxy looks at it (RFC 6455 section 4). */
final class WebSocketHandshake {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketHandshake() {}

    /**
     * Whether these are the fields of a 101 that accepts this very request: only then have both ends left HTTP, and no
     * byte of one can be taken for a request by the other.
     */
    static boolean isAccepted(Fields request, Fields answer) {
        String key = request.first("sec-websocket-key");
        String protocol = answer.first("sec-websocket-protocol");
        return key != null
                && "websocket".equals(request.first("upgrade"))
                && answer.all("upgrade").size() == 1
                && "websocket".equalsIgnoreCase(answer.first("upgrade"))
                && isListed("upgrade", answer.combined("connection"))
                && answer.all("sec-websocket-accept").equals(List.of(accept(key)))
                && (protocol == null || isListed(protocol, request.combined("sec-websocket-protocol")));
    }

    private static boolean isListed(String token, @Nullable String list) {
        return list != null
                && Arrays.stream(list.split(",", -1))
                        .anyMatch(one -> one.strip().equalsIgnoreCase(token));
    }

    /** What the origin must show for this key. */
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java has SHA-1", missing);
        }
    }
}
