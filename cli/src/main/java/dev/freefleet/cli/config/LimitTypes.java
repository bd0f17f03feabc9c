package dev.freefleet.cli.config;

import dev.freefleet.admin.Limits;
import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.edge.Quota;
import dev.freefleet.edge.RateLimit;
import java.util.function.Function;

/** Rates and quotas as settings; they are written as in the admin API and on the command line. */
final class LimitTypes {
    private LimitTypes() {}

    static Scalar<RateLimit> rate() {
        return new Scalar<>("rate", "e.g. 60/min", written -> parsed(written, Limits::rate), Limits::show);
    }

    static Scalar<Quota> quota() {
        return new Scalar<>("quota", "e.g. 1000/day", written -> parsed(written, Limits::quota), Limits::show);
    }

    private static <T> T parsed(String written, Function<String, T> parse) {
        try {
            return parse.apply(written);
        } catch (IllegalArgumentException e) {
            throw new BadValue(String.valueOf(e.getMessage()));
        }
    }
}
