package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import java.util.regex.Pattern;

/** What Cloudflare takes for names and ids. They go into paths of its API and into Wrangler's configuration as they are. */
final class CloudflareTypes {
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    /** The last label begins with a letter: so it is no IP address, however that is written (RFC 3696 section 2). */
    private static final Pattern DOMAIN =
            Pattern.compile("(" + LABEL + "\\.)+(?=[a-z])" + LABEL, Pattern.CASE_INSENSITIVE);

    private static final Pattern NAME = Pattern.compile(LABEL);
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    private static final int MAX_DOMAIN = 253;

    private CloudflareTypes() {}

    /** The name of a Worker: 1 to 63 of {@code a-z 0-9 -}, no dash first or last. */
    static Scalar<String> workerName() {
        String writing = "1 to 63 of a-z 0-9 -, no dash first or last";
        return matching("name", writing, "is not a Worker's name", NAME);
    }

    /** A name in the DNS (RFC 1035 section 2.3.1) with a dot in it, and no address. */
    static Scalar<String> domain() {
        return matching("domain", "e.g. api.example.org", "is not a domain name, or not one with a dot", DOMAIN);
    }

    /** The id of an account or a namespace: 32 hex digits. */
    static Scalar<String> id() {
        return matching("id", "32 of 0-9 a-f", "is not an id of Cloudflare's", ID);
    }

    private static Scalar<String> matching(String name, String writing, String wrong, Pattern pattern) {
        return new Scalar<>(
                name,
                writing,
                written -> {
                    if (written.length() > MAX_DOMAIN
                            || !pattern.matcher(written).matches()) {
                        throw new BadValue(wrong + "; write " + writing);
                    }
                    return written;
                },
                text -> text);
    }
}
