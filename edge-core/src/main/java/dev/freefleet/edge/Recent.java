package dev.freefleet.edge;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was worked out for recent requests and is the same for whoever asks it again, so that a repeat costs a look-up:
 * what targets mean, which keys questions have, and what clients are counted by. It holds for one policy. Thread-safe, of fixed size.
 */
final class Recent {
    private static final int PLACES = 4096;
    private static final int MAX_TARGET = 512;
    private static final int SENDERS = 256;

    /** A target that leads to a route, and the key of the public question that it asks, once it was asked. */
    static final class Known {
        final Target.Canonical target;
        final Route route;

        /** The same for everybody; who races works out the same. */
        Asked.@Nullable Keyed asked;

        Known(Target.Canonical target, Route route) {
            this.target = target;
            this.route = route;
        }
    }

    /** A client by its address. */
    static final class Sender {
        private final byte[] address;
        final String bucket;
        final Step.Allowance allowance;
        final Step.TakeAllowances take;

        private Sender(byte[] address, RateLimit rate) {
            this.address = address;
            bucket = Address.bucket(address);
            allowance = new Step.Allowance("addr:" + bucket, rate);
            take = new Step.TakeAllowances(List.of(allowance));
        }
    }

    private final @Nullable Sender[] senders = new Sender[SENDERS];
    private RateLimitFields.@Nullable Written policies;
    private final Memo<String, Known> targets = new Memo<>(PLACES);
    private final Memo<Asked, Asked.Keyed> keys = new Memo<>(PLACES);

    /** What passed on of the latest answer; of those that race either is kept. */
    private Fields answer = Fields.empty();

    /** What passes on of an answer's fields, as {@link HopByHop#passed} says. */
    Fields passed(Fields answered) {
        Fields passed = HopByHop.passed(answered, answer);
        answer = passed;
        return passed;
    }

    /** By targets as they were sent. */
    Memo<String, Known> targets() {
        return targets;
    }

    /** A target as it was sent, which is kept if it is short. */
    Known target(String sent, Target.Canonical target, Route route) {
        Known known = new Known(target, route);
        if (sent.length() <= MAX_TARGET) {
            targets.put(sent, known);
        }
        return known;
    }

    /** Who has this address, and what it is counted by. */
    Sender sender(byte[] address, RateLimit rate) {
        int place = ((Arrays.hashCode(address) * 0x9E37_79B9) >>> 16) & (SENDERS - 1);
        Sender known = senders[place];
        if (known == null || !Arrays.equals(known.address, address)) {
            known = new Sender(address, rate);
            senders[place] = known;
        }
        return known;
    }

    /** How policies were written the last time, or null. */
    RateLimitFields.@Nullable Written policies() {
        return policies;
    }

    /** Remembers how policies were written. */
    void policies(RateLimitFields.Written written) {
        policies = written;
    }

    /** By what is asked. */
    Memo<Asked, Asked.Keyed> keys() {
        return keys;
    }
}
