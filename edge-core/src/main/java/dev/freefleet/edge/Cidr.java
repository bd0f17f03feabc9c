package dev.freefleet.edge;

/** A block of addresses, such as {@code 10.0.0.0/8} or {@code 2001:db8::/32} (RFC 4632). */
record Cidr(byte[] network, int bits) {
    /**
     * Reads a block.
     *
     * @throws IllegalArgumentException if the text is no block, or has bits set behind its prefix
     */
    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        byte[] network = Address.parse(slash < 0 ? text : text.substring(0, slash));
        if (network != null) {
            int width = network.length * 8;
            long bits = slash < 0 ? width : Ascii.digits(text.substring(slash + 1));
            Cidr cidr = new Cidr(network, (int) bits);
            if (bits >= 0 && bits <= width && cidr.isClean()) {
                return cidr;
            }
        }
        throw new IllegalArgumentException(
                "trusted proxies must be CIDR blocks such as 10.0.0.0/8 without bits behind the prefix, but one is \""
                        + text + "\"");
    }

    boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += 8) {
            int mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
            if (((address[bit / 8] ^ network[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isClean() {
        for (int bit = bits; bit < network.length * 8; bit++) {
            if (((network[bit / 8] >> (7 - bit % 8)) & 1) != 0) {
                return false;
            }
        }
        return true;
    }
}
