package dev.freefleet.worker;

import dev.freefleet.edge.StoredAnswer;
import org.teavm.jso.typedarrays.Int8Array;

/** The content of a stored answer: bytes of this isolate. */
record HeldBody(Int8Array bytes) implements StoredAnswer.Body {
    @Override
    public long length() {
        return bytes.getLength();
    }
}
