package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import org.jspecify.annotations.Nullable;

/** A request that is being served: a client's, by an {@link ExchangeRunner}, or an edge's own, by an {@link EdgeCall}. */
interface Served extends ClientStream.Listener {
    /** Begins; all of it happens on the event loop of the client's connection. */
    void start();

    /**
     * Who serves this request. An edge shows its token: with its own calls, and with those of its clients that it passes on,
     * which then count as from where the edge saw them. Without the right token nothing is different from any request.
     */
    static Served of(Services services, Loop loop, ClientStream client, RequestHead head) {
        if (head.target().startsWith(EdgeCall.PATH) && services.edges().knows(EdgeCall.token(head.fields()))) {
            return new EdgeCall(services, loop, client, head);
        }
        String shown = head.fields().first("fleet-edge");
        RequestHead passed = shown != null && services.edges().knows(shown) ? passedOn(head) : null;
        return passed == null
                ? new ExchangeRunner(services, loop, client, head, false)
                : new ExchangeRunner(services, loop, client, passed, true);
    }

    private static @Nullable RequestHead passedOn(RequestHead head) {
        String address = head.fields().first("fleet-client");
        boolean secure = "https".equals(head.fields().first("x-forwarded-proto"));
        return address == null ? null : head.with(withoutPath(head.fields())).receivedFrom(address, secure);
    }

    /** The way from the edge to here is none of the client's. */
    private static Fields withoutPath(Fields fields) {
        Fields.Builder kept = Fields.builder();
        fields.forEach((name, value) -> {
            if (!name.startsWith("x-forwarded-")) {
                kept.add(name, value);
            }
        });
        return kept.build();
    }
}
