package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What edges that run elsewhere ask of the fleet over the gateway's listener, under {@code /.fleet/edge/}; the contract stands
 * in {@code docs/edge-protocol.md}. Thread-safe.
 */
public interface RemoteEdges {
    /** The most content that {@link #usage} and {@link #offer} are given, in bytes. */
    int MAX_CONTENT = 1 << 20;

    /** There are none: no token is right. */
    RemoteEdges NONE = new RemoteEdges() {
        @Override
        public boolean knows(String token) {
            return false;
        }

        @Override
        public Answer sync(@Nullable String ifNoneMatch) {
            throw new IllegalStateException("no edge is known");
        }

        @Override
        public Answer usage(@Nullable String batch, byte[] content) {
            throw new IllegalStateException("no edge is known");
        }

        @Override
        public Answer offer(byte[] content) {
            throw new IllegalStateException("no edge is known");
        }
    };

    /** Whether this is the token of the fleet's edges, in a time that tells nothing. Called on event loops: never blocks. */
    boolean knows(String token);

    /**
     * What an edge has to know. May block.
     *
     * @param ifNoneMatch the field of this name, or null
     */
    Answer sync(@Nullable String ifNoneMatch);

    /**
     * Takes what an edge has served. May block.
     *
     * @param batch the field {@code Fleet-Batch}, or null
     * @param content at most {@value #MAX_CONTENT} bytes
     */
    Answer usage(@Nullable String batch, byte[] content);

    /**
     * Takes a stored answer that an edge hands over, where it is wanted. May block.
     *
     * @param content at most {@value #MAX_CONTENT} bytes
     */
    Answer offer(byte[] content);

    /** An answer; the gateway adds the framing. */
    record Answer(int status, Fields fields, byte[] content) {
        public Answer {
            Objects.requireNonNull(fields, "fields");
            Objects.requireNonNull(content, "content");
        }
    }
}
