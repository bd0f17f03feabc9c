package dev.freefleet.gateway;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What came on an HTTP/1.1 connection before its turn: requests of a pipeline, and content that nobody takes yet. */
final class Inbox {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_PARTS = 256;

    private final ArrayDeque<HttpObject> parts = new ArrayDeque<>();
    private int bytes;

    void add(HttpObject part) {
        parts.add(part);
        bytes += size(part);
    }

    @Nullable
    HttpObject peek() {
        return parts.peek();
    }

    void remove() {
        bytes -= size(parts.remove());
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Whether nothing more should be read until some of it is gone. */
    boolean isFull() {
        return bytes > MAX_BYTES || parts.size() > MAX_PARTS;
    }

    private static int size(HttpObject part) {
        return part instanceof HttpContent content ? content.content().readableBytes() : 0;
    }
}
