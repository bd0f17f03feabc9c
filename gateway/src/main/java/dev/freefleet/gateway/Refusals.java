package dev.freefleet.gateway;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** What a decoder's failure means to the client. */
final class Refusals {
    private Refusals() {}

    static void throwIfBroken(DecoderResult result) {
        if (result.isSuccess()) {
            return;
        }
        throw switch (result.cause()) {
            case Refusal refusal -> refusal;
            case TooLongHttpLineException line -> new Refusal(414, "The request line is too long.");
            case TooLongHttpHeaderException head -> new Refusal(431, "The request's field lines are too long.");
            case null, default -> new Refusal(400, "The request is not HTTP/1.1 as RFC 9112 has it.");
        };
    }
}
