package dev.freefleet.cli.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns texts into the value of a setting, and what is wrong with them into problems. */
final class ValueReader {
    /** A text and where it stands. */
    record Piece(String text, Source source) {}

    private static final int MAX_SECRET_BYTES = 64 << 10;

    private final Values values;

    ValueReader(Values values) {
        this.values = values;
    }

    /** The value of texts that are known to be right: a default. */
    @SuppressWarnings("unchecked") // a list type makes lists of its elements
    static <T> T parse(ValueType<T> type, List<String> texts) {
        return switch (type) {
            case ValueType.Scalar<T> scalar -> scalar.parse().apply(texts.getFirst());
            case ValueType.ListOf<?> list ->
                (T) texts.stream().map(list.element().parse()).toList();
        };
    }

    /**
     * Reads a setting's value and keeps it, or the problems with it.
     *
     * @param base the folder that relative paths start from
     */
    <T> void read(String path, Setting<T> setting, List<Piece> pieces, Source source, Path base) {
        switch (setting.type()) {
            case ValueType.Scalar<T> scalar -> {
                T value = element(path, setting, scalar, pieces.getFirst(), base);
                if (value != null) {
                    values.put(path, setting, value, source);
                }
            }
            case ValueType.ListOf<?> list -> readList(path, setting, list, pieces, source, base);
        }
    }

    @SuppressWarnings("unchecked") // a list type makes lists of its elements
    private <T> void readList(
            String path, Setting<T> setting, ValueType.ListOf<?> type, List<Piece> pieces, Source source, Path base) {
        if (pieces.size() > ValueType.ListOf.MAX_ELEMENTS) {
            values.problem(source, path, "has more than " + ValueType.ListOf.MAX_ELEMENTS + " elements");
            return;
        }
        List<Object> elements = new ArrayList<>();
        IntStream.range(0, pieces.size()).forEach(i -> {
            Object value = element(path + "[" + i + "]", setting, type.element(), pieces.get(i), base);
            if (value != null) {
                elements.add(value);
            }
        });
        if (elements.size() == pieces.size()) {
            values.put(path, setting, (T) List.copyOf(elements), source);
        }
    }

    private <E> @Nullable E element(String path, Setting<?> setting, ValueType.Scalar<E> type, Piece piece, Path base) {
        try {
            String text = setting.secret() ? secret(piece.text(), base) : piece.text();
            return resolved(type.parse().apply(text), base);
        } catch (BadValue e) {
            String shown = setting.secret() || e.hidden() ? "the value" : "\"" + clipped(piece.text()) + "\"";
            values.problem(piece.source(), path, shown + " " + e.getMessage());
            return null;
        }
    }

    @SuppressWarnings("unchecked") // a path stays a path
    private static <E> E resolved(E value, Path base) {
        return value instanceof Path path ? (E) base.resolve(path).normalize() : value;
    }

    /** A secret itself, or the content of the file that {@code file:PATH} names. */
    private static String secret(String text, Path base) {
        if (!text.startsWith("file:")) {
            return text;
        }
        Path file = base.resolve(text.substring("file:".length()));
        try {
            if (Files.size(file) > MAX_SECRET_BYTES) {
                throw new BadValue("names a file of more than " + MAX_SECRET_BYTES + " bytes: " + file);
            }
            return Files.readString(file).stripTrailing();
        } catch (CharacterCodingException e) {
            throw new BadValue("names a file that is not UTF-8 text: " + file);
        } catch (IOException e) {
            throw new BadValue("names a file that cannot be read: " + file);
        }
    }

    private static String clipped(String text) {
        String printable = text.codePoints()
                .limit(80)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return printable.length() < text.length() ? printable + "..." : printable;
    }
}
