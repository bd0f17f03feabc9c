package dev.freefleet.backup.cut;

import dev.freefleet.backup.format.ByteReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a protobuf message, read without its schema's classes (protobuf.dev, "Encoding"). Any fault of the bytes is
 * the {@link ByteReader}'s exception.
 */
final class Protobuf {
    private final String name;
    private final List<Field> fields = new ArrayList<>();

    /** A field: {@code number} for a varint, {@code bytes} for what has a length. */
    private record Field(int tag, long number, byte @Nullable [] bytes) {}

    Protobuf(String name, byte[] message) {
        this.name = name;
        ByteReader in = new ByteReader(name, message);
        while (in.remaining() > 0) {
            long key = in.varint();
            int tag = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case 0 -> fields.add(new Field(tag, in.varint(), null));
                case 1 -> in.i64();
                case 2 -> fields.add(new Field(tag, 0, in.bytes()));
                case 5 -> in.u32();
                default -> throw in.fault("an unknown wire type");
            }
        }
    }

    /** Returns the last number of this tag, or the default 0. */
    long number(int tag) {
        long found = 0;
        for (Field f : fields) {
            if (f.tag == tag && f.bytes == null) {
                found = f.number;
            }
        }
        return found;
    }

    /** Returns all numbers of this tag, packed or not. */
    List<Long> numbers(int tag) {
        List<Long> found = new ArrayList<>();
        for (Field f : fields) {
            if (f.tag == tag) {
                if (f.bytes == null) {
                    found.add(f.number);
                } else {
                    ByteReader in = new ByteReader(name, f.bytes);
                    while (in.remaining() > 0) {
                        found.add(in.varint());
                    }
                }
            }
        }
        return found;
    }

    /** Returns the last bytes of this tag, or null. */
    byte @Nullable [] bytes(int tag) {
        byte[] found = null;
        for (Field f : fields) {
            if (f.tag == tag && f.bytes != null) {
                found = f.bytes;
            }
        }
        return found;
    }

    /** Returns the last message of this tag, or null. */
    @Nullable
    Protobuf message(int tag) {
        byte[] found = bytes(tag);
        return found == null ? null : new Protobuf(name, found);
    }

    /** Returns the message at the end of a path of tags, or null. */
    static @Nullable Protobuf at(@Nullable Protobuf from, int... tags) {
        Protobuf m = from;
        for (int tag : tags) {
            m = m == null ? null : m.message(tag);
        }
        return m;
    }

    /** Returns all messages of this tag. */
    List<Protobuf> messages(int tag) {
        List<Protobuf> found = new ArrayList<>();
        for (Field f : fields) {
            if (f.tag == tag && f.bytes != null) {
                found.add(new Protobuf(name, f.bytes));
            }
        }
        return found;
    }
}
