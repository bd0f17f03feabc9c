package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers under one key as bytes, in the form of {@code docs/cache-format.md}: the key, then the head of each variant,
 * then their contents.
 *
 * @param key the cache key
 * @param variants its answers
 */
record DiskRecord(String key, List<StoredAnswer> variants) {
    /** A text's length is doubled, and one more where its characters take two bytes each. */
    private static final int WIDE = 1;

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        DataOutputStream out = new DataOutputStream(bytes);
        try {
            write(out, key);
            out.writeByte(variants.size());
            for (StoredAnswer answer : variants) {
                out.writeShort(answer.status());
                out.writeLong(answer.requestMillis());
                out.writeLong(answer.responseMillis());
                write(out, answer.indexVersion());
                write(out, answer.fields());
                write(out, answer.selecting());
                out.writeByte(answer.tags().size());
                for (String tag : answer.tags()) {
                    write(out, tag);
                }
                out.writeInt(MemoryStore.held(answer).content().length);
            }
            for (StoredAnswer answer : variants) {
                out.write(MemoryStore.held(answer).content());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, Fields fields) throws IOException {
        out.writeShort(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            write(out, fields.name(i));
            write(out, fields.value(i));
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        boolean wide = text.chars().anyMatch(c -> c > 0xFF);
        out.writeInt(text.length() * 2 + (wide ? WIDE : 0));
        if (wide) {
            out.writeChars(text); // not UTF-8, which has no form for half a surrogate pair
        } else {
            out.writeBytes(text);
        }
    }

    /** What these bytes hold, or null where they hold no record. */
    static @Nullable DiskRecord decode(byte[] payload) {
        ByteBuffer in = ByteBuffer.wrap(payload);
        try {
            String key = text(in);
            int count = in.get() & 0xFF;
            List<Head> heads = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                heads.add(Head.read(in));
            }
            List<StoredAnswer> variants = new ArrayList<>(count);
            for (Head head : heads) {
                variants.add(head.with(bytes(in, head.length)));
            }
            return in.hasRemaining() ? null : new DiskRecord(key, List.copyOf(variants));
        } catch (BufferUnderflowException broken) {
            return null;
        }
    }

    private static String text(ByteBuffer in) {
        int length = in.getInt();
        if ((length & WIDE) == 0) {
            return new String(bytes(in, length / 2), StandardCharsets.ISO_8859_1);
        }
        ByteBuffer wide = ByteBuffer.wrap(bytes(in, length - WIDE));
        char[] chars = new char[wide.remaining() / 2];
        wide.asCharBuffer().get(chars); // a decoder of UTF-16 would replace half a surrogate pair
        return new String(chars);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static Fields readFields(ByteBuffer in) {
        Fields.Builder fields = Fields.builder();
        int count = in.getShort() & 0xFFFF;
        for (int i = 0; i < count; i++) {
            fields.add(text(in), text(in));
        }
        return fields.build();
    }

    private record Head(
            int status,
            long requestMillis,
            long responseMillis,
            String indexVersion,
            Fields fields,
            Fields selecting,
            List<String> tags,
            int length) {
        static Head read(ByteBuffer in) {
            int status = in.getShort();
            long request = in.getLong();
            long response = in.getLong();
            String version = text(in);
            Fields fields = readFields(in);
            Fields selecting = readFields(in);
            int count = in.get() & 0xFF;
            List<String> tags = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                tags.add(text(in));
            }
            return new Head(status, request, response, version, fields, selecting, tags, in.getInt());
        }

        StoredAnswer with(byte[] content) {
            return new StoredAnswer(
                    status,
                    fields,
                    requestMillis,
                    responseMillis,
                    selecting,
                    indexVersion,
                    tags,
                    new HeldBody(content, fields));
        }
    }

    /** What stands for a key in the index: 64 bits (FNV-1a, with its bits mixed). */
    static long hash(String key) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            hash = (hash ^ key.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9E3779B97F4A7C15L;
        return hash ^ (hash >>> 29);
    }
}
