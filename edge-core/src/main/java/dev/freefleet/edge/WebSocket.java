package dev.freefleet.edge;

import java.util.List;

/**
 * The part of an exchange that asks the origin to switch to WebSocket (RFC 6455 section 4) where the route allows it. What
 * the origin answers but a right 101 is an answer like any other; the shell lets no other 101 come here.
 */
final class WebSocket implements Phase {
    private static final List<String> PASSED = List.of(
            "origin",
            "sec-websocket-extensions",
            "sec-websocket-key",
            "sec-websocket-protocol",
            "sec-websocket-version");
    /** The Base64 of the key's 16 bytes. */
    private static final int KEY_LENGTH = 24;

    private final Call call;
    private final Phase otherwise;

    private WebSocket(Call call, Phase otherwise) {
        this.call = call;
        this.otherwise = otherwise;
    }

    /** Whether this is a client's opening handshake, on a route and a connection that may switch (RFC 6455 section 4.2.1). */
    static boolean isAskedFor(Call call) {
        RequestHead request = call.request;
        if (!call.route().webSocket() || !request.switchable() || !call.is("GET") || request.hasContent()) {
            return false;
        }
        Fields fields = request.fields();
        List<String> keys = fields.all("sec-websocket-key");
        return Tokens.of(fields, "upgrade").equals(List.of("websocket"))
                && Tokens.of(fields, "connection").contains("upgrade")
                && keys.size() == 1
                && isKey(keys.getFirst())
                && fields.all("sec-websocket-version").size() == 1;
    }

    private static boolean isKey(String key) {
        if (key.length() != KEY_LENGTH || !key.endsWith("==")) {
            return false;
        }
        for (int i = 0; i < KEY_LENGTH - 2; i++) {
            char c = key.charAt(i);
            boolean base64 = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!base64 && c != '+' && c != '/') {
                return false;
            }
        }
        return true;
    }

    static Next begin(Call call) {
        Fields.Builder fields = UpstreamFields.of(call).toBuilder();
        for (String name : PASSED) {
            String value = call.request.fields().combined(name);
            if (value != null) {
                fields.set(name, value);
            }
        }
        fields.add("connection", "Upgrade").add("upgrade", "websocket");
        Next plain = Origin.bypass(call, null);
        OriginRequest request = new OriginRequest(
                "GET",
                call.target().text(),
                fields.build(),
                null,
                false,
                call.route().maxBodyBytes(),
                call.route().timeoutMillis(),
                call.priority(),
                false,
                true);
        return new Next(new Step.Fetch(request, null), new WebSocket(call, plain.phase()));
    }

    @Override
    public Next on(Event event) {
        if (!(event instanceof Event.OriginAnswered answered) || answered.status() != 101) {
            return otherwise.on(event);
        }
        Fields fields = Origin.received(call, answered).toBuilder()
                .add("connection", "Upgrade")
                .add("upgrade", "websocket")
                .build();
        return Next.last(call.respond(101, fields, new Step.Content.Tunnel(), null));
    }
}
