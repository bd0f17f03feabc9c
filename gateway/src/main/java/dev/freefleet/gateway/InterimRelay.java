package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.InterimAnswer;

/** Passes an origin's interim answers on to one client, as many as anybody has use for. */
final class InterimRelay {
    private static final int MAX_ANSWERS = 8;
    private static final int MAX_BYTES = 16 * 1024;

    private int answers;
    private int bytes;

    void relay(int status, Fields fields, ClientStream client) {
        Fields relayed = InterimAnswer.relayed(status, fields);
        if (relayed == null) {
            return;
        }
        for (int i = 0; i < relayed.size(); i++) {
            bytes += relayed.name(i).length() + relayed.value(i).length();
        }
        if (++answers <= MAX_ANSWERS && bytes <= MAX_BYTES) {
            client.interim(status, relayed);
        }
    }
}
