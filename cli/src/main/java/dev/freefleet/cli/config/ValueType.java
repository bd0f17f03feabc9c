package dev.freefleet.cli.config;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** A kind of value: what it is called, how it is written, read and shown. */
sealed interface ValueType<T> {
    /** What people call it: "duration", "list of URLs". */
    String name();

    /** What may be written, for the documentation and for messages: "0 to 65535", "e.g. 30s". */
    String writing();

    /** The texts that stand for this value: one, or one for each element of a list. */
    List<String> show(T value);

    /** One value. {@code parse} throws {@link BadValue}. */
    record Scalar<T>(String name, String writing, Function<String, T> parse, Function<T, String> text)
            implements ValueType<T> {
        public Scalar {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(writing, "writing");
            Objects.requireNonNull(parse, "parse");
            Objects.requireNonNull(text, "text");
        }

        @Override
        public List<String> show(T value) {
            return List.of(text.apply(value));
        }
    }

    /** Any number of values of one type, up to 1,000. */
    record ListOf<E>(Scalar<E> element) implements ValueType<List<E>> {
        static final int MAX_ELEMENTS = 1_000;

        public ListOf {
            Objects.requireNonNull(element, "element");
        }

        @Override
        public String name() {
            return "list of " + element.name() + "s";
        }

        @Override
        public String writing() {
            return element.writing();
        }

        @Override
        public List<String> show(List<E> value) {
            return value.stream().map(element.text()).toList();
        }
    }
}
