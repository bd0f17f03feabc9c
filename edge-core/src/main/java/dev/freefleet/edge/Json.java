package dev.freefleet.edge;

import java.util.List;
import java.util.TreeMap;

/** A JSON value (RFC 8259) as I-JSON restricts it (RFC 7493): no duplicate members, no lone surrogates. */
sealed interface Json {
    /** An object; the map sorts by UTF-16 code units, as RFC 8785 section 3.2.3 asks. */
    record Obj(TreeMap<String, Json> members) implements Json {}

    /** An array. */
    record Arr(List<Json> items) implements Json {}

    /** A string. */
    record Str(String text) implements Json {}

    /**
     * A number, as the nearest double.
     *
     * @param magnitude the shortest digits of that double
     * @param exact whether they denote the very number that was written; if not, other numbers have the same double
     */
    record Num(boolean negative, EcmaNumber.Shortest magnitude, boolean exact) implements Json {}

    /** true or false. */
    record Bool(boolean value) implements Json {}

    /** null. */
    record Null() implements Json {}

    /** Whether no number in it shares its double with another number that could have been written. */
    default boolean isExact() {
        return switch (this) {
            case Obj obj -> obj.members().values().stream().allMatch(Json::isExact);
            case Arr arr -> arr.items().stream().allMatch(Json::isExact);
            case Num num -> num.exact();
            case Str ignored -> true;
            case Bool ignored -> true;
            case Null ignored -> true;
        };
    }
}
