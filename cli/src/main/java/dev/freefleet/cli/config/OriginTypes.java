package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import java.net.URI;
import java.net.URISyntaxException;

/** What settings of the Brain's side may hold. */
final class OriginTypes {
    /** Methods of the call that wakes the Brain. */
    enum Method {
        GET,
        POST
    }

    private static final int MAX_PRIORITY = 10;

    private OriginTypes() {}

    /** -10 to 10. */
    static Scalar<Integer> priority() {
        String writing = "-" + MAX_PRIORITY + " to " + MAX_PRIORITY;
        String wrong = "is not a priority; write " + writing;
        return new Scalar<>(
                "priority",
                writing,
                written -> {
                    boolean minus = written.startsWith("-");
                    long size = ValueTypes.number(minus ? written.substring(1) : written, wrong);
                    if (size > MAX_PRIORITY) {
                        throw new BadValue(wrong);
                    }
                    return (int) (minus ? -size : size);
                },
                Object::toString);
    }

    /** An http or https URL with whatever path and query its service wants. */
    static Scalar<URI> call() {
        String writing = "e.g. https://wake.example/hook?token=...";
        return new Scalar<>("URL", writing, written -> parseCall(written, writing), URI::toString);
    }

    private static URI parseCall(String written, String writing) {
        String wrong = "is not an http or https URL; write " + writing;
        try {
            URI uri = new URI(written).parseServerAuthority();
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!http || uri.getHost() == null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
                throw new BadValue(wrong);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new BadValue(wrong);
        }
    }
}
