package dev.freefleet.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/** Where a client takes its requests from: whole HTTP/1.1 messages, by their number from 0. */
@FunctionalInterface
public interface Requests {
    /** The bytes of this request, to be read from position to limit; valid until the next call. */
    ByteBuffer at(long number);

    /** The same few over and over, encoded beforehand. */
    static Requests cycle(int distinct, LongFunction<String> message) {
        var encoded = new ByteBuffer[distinct];
        for (int i = 0; i < distinct; i++) {
            byte[] bytes = message.apply(i).getBytes(StandardCharsets.UTF_8);
            encoded[i] = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        }
        return number -> encoded[(int) (number % distinct)].rewind();
    }

    /** Each made when it is due; at most 16 KB long. */
    static Requests each(LongFunction<String> message) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(16_384);
        return number -> buffer.clear()
                .put(message.apply(number).getBytes(StandardCharsets.UTF_8))
                .flip();
    }
}
