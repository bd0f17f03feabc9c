package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** How addresses, blocks of addresses, hosts and web origins are written. No name is ever looked up here. */
final class Addresses {
    private static final String NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-.";

    private Addresses() {}

    /** A host to listen on: an address, or a name of letters, digits, dots and hyphens. */
    static Scalar<String> host() {
        String writing = "e.g. 127.0.0.1 or 0.0.0.0";
        return new Scalar<>(
                "host",
                writing,
                written -> {
                    if (!isAddress(written) && !isName(written)) {
                        throw new BadValue("is not a host; write " + writing);
                    }
                    return written;
                },
                host -> host);
    }

    /** A CIDR block (RFC 4632, RFC 4291 section 2.3): {@code 10.0.0.0/8}, {@code fd00::/8}; an address alone is a block of one. */
    static Scalar<String> cidr() {
        return new Scalar<>("CIDR block", "e.g. 10.0.0.0/8 or fd00::/8", Addresses::parseCidr, block -> block);
    }

    /** A web origin (RFC 6454): {@code https://app.example}. */
    static Scalar<String> origin() {
        return new Scalar<>("origin", "e.g. https://app.example", Addresses::parseOrigin, origin -> origin);
    }

    private static String parseCidr(String written) {
        String wrong = "is not a CIDR block; write e.g. 10.0.0.0/8 or fd00::/8";
        int slash = written.indexOf('/');
        String address = slash < 0 ? written : written.substring(0, slash);
        if (!isAddress(address)) {
            throw new BadValue(wrong);
        }
        byte[] bytes = InetAddress.ofLiteral(address).getAddress();
        int bits = bytes.length * 8;
        long length = slash < 0 ? bits : ValueTypes.number(written.substring(slash + 1), wrong);
        if (length > bits) {
            throw new BadValue("has a prefix longer than " + bits + " bits");
        }
        if (hasBitsBehind(bytes, bits - (int) length)) {
            throw new BadValue("has bits set behind its prefix of " + length + "; write the block's first address");
        }
        return address + "/" + length;
    }

    private static boolean hasBitsBehind(byte[] address, int hostBits) {
        int lowest = new BigInteger(1, address).getLowestSetBit();
        return lowest >= 0 && lowest < hostBits;
    }

    private static String parseOrigin(String written) {
        String wrong = "is not an origin; write e.g. https://app.example, without a path";
        try {
            URI uri = new URI(written).parseServerAuthority();
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawFragment() == null;
            boolean lower = written.equals(written.toLowerCase(Locale.ROOT));
            if (!http || !bare || !lower || uri.getHost() == null || uri.getRawUserInfo() != null) {
                throw new BadValue(wrong);
            }
            return written;
        } catch (URISyntaxException e) {
            throw new BadValue(wrong);
        }
    }

    private static boolean isAddress(String written) {
        boolean dotted = written.indexOf(':') < 0;
        // The JDK reads "10.1" as an address too (inet_aton); nobody who writes that here means it.
        if (written.indexOf('%') >= 0
                || (dotted && written.chars().filter(c -> c == '.').count() != 3)) {
            return false;
        }
        try {
            InetAddress.ofLiteral(written);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isName(String written) {
        boolean characters = written.chars().allMatch(c -> NAME_CHARACTERS.indexOf(Character.toLowerCase(c)) >= 0);
        boolean letters = written.chars().anyMatch(Character::isLetter);
        return characters && letters && written.length() <= 253;
    }
}
