package dev.freefleet.edge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out who asks, behind proxies that the policy trusts. */
final class ClientAddress {
    private final List<Cidr> trusted;

    ClientAddress(List<String> trustedProxies) {
        trusted = trustedProxies.stream().map(Cidr::parse).toList();
    }

    /**
     * The address of the client: of {@code X-Forwarded-For}, read from the right, the first that is no trusted proxy.
     * What stands left of it is what the client claims, and is never read.
     */
    byte[] of(byte[] peer, Fields fields) {
        byte[] client = Address.unmap(peer);
        if (!isTrusted(client)) {
            return client;
        }
        List<String> lines = fields.all("x-forwarded-for");
        for (int line = lines.size() - 1; line >= 0; line--) {
            String rest = lines.get(line);
            while (true) {
                int comma = rest.lastIndexOf(',');
                byte[] hop = parseHop(Ascii.trim(rest.substring(comma + 1)));
                if (hop == null) {
                    return client;
                }
                client = hop;
                if (!isTrusted(client)) {
                    return client;
                }
                if (comma < 0) {
                    break;
                }
                rest = rest.substring(0, comma);
            }
        }
        return client;
    }

    /** Whether the client's connection was TLS, as the connection or a trusted proxy says. */
    boolean secure(RequestHead request) {
        if (trusted.isEmpty()) {
            return request.secure();
        }
        List<String> proto = request.fields().all("x-forwarded-proto");
        if (proto.size() == 1 && isTrusted(Address.unmap(request.peer()))) {
            return proto.getFirst().equals("https");
        }
        return request.secure();
    }

    private boolean isTrusted(byte[] address) {
        for (Cidr cidr : trusted) {
            if (cidr.contains(address)) {
                return true;
            }
        }
        return false;
    }

    /** An address, with the port that some proxies add: {@code 192.0.2.1:80}, {@code [2001:db8::1]:80}. */
    private static byte @Nullable [] parseHop(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close > 0 && isPortOrNothing(text.substring(close + 1)) && text.indexOf(':') < close
                    ? Address.parse(text.substring(1, close))
                    : null;
        }
        int colon = text.indexOf(':');
        if (colon > 0 && colon == text.lastIndexOf(':') && text.indexOf('.') > 0) {
            return isPortOrNothing(text.substring(colon)) ? Address.parse(text.substring(0, colon)) : null;
        }
        return Address.parse(text);
    }

    private static boolean isPortOrNothing(String text) {
        if (text.isEmpty()) {
            return true;
        }
        long port = text.startsWith(":") && text.length() <= 6 ? Ascii.digits(text.substring(1)) : -1;
        return port >= 0 && port <= 65_535;
    }
}
