package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private static String canonical(String target) {
        return switch (Target.parse(target)) {
            case Target.Canonical parsed -> parsed.text();
            case Target.Refused refused -> Integer.toString(refused.status());
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/ /",
                "/query /query",
                "/%71uery /query",
                "/%7e%C3%a9 /~%C3%A9",
                "/a:b@c,d /a:b@c,d",
                "/a?x=%41&y=%2f /a?x=A&y=%2F",
                "/a?{b}|c /a?%7Bb%7D%7Cc",
                "/a? /a?",
                "http://x /",
                "HTTPS://x:1/a/?b /a/?b",
                "http://x?b /?b",
                "/a/ /a/",
            })
    void targetsHaveOneForm(String target, String form) {
        assertThat(canonical(target)).isEqualTo(form);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "a",
                "query",
                "//a",
                "/a//b",
                "/.",
                "/..",
                "/a/../b",
                "/a/./b",
                "/%2e%2e/a",
                "/a/%2E",
                "/a%2fb",
                "/a%5Cb",
                "/a\\b",
                "/a%00",
                "/a%0d",
                "/a%7f",
                "/a%",
                "/a%4",
                "/a%zz",
                "/%c0%af",
                "/%ed%a0%80",
                "/%ff",
                "/a b",
                "/é",
                "/a#b",
                "/a?b#c",
                "/a?b c",
                "/a?%",
                "/a?%00",
                "/<a>",
                "ftp://x/a",
                "http:///a",
                "http://u@x/a",
                "http://x\\y/a",
                "://x/a",
                "x:443",
            })
    void whatCanBeReadInTwoWaysIsRefused(String target) {
        assertThat(canonical(target)).isEqualTo("400");
    }

    @Test
    void aLongTargetIsRefused() {
        assertThat(canonical("/" + "a".repeat(Target.MAX_LENGTH))).isEqualTo("414");
        assertThat(canonical("/" + "a".repeat(Target.MAX_LENGTH - 1))).startsWith("/a");
    }

    @Property
    void theFormOfAFormIsItself(@ForAll("targets") String target) {
        if (Target.parse(target) instanceof Target.Canonical parsed) {
            assertThat(Target.parse(parsed.text())).isEqualTo(parsed);
        }
    }

    @Provide
    Arbitrary<String> targets() {
        return Arbitraries.of(
                        "a", "/", ".", "%2e", "%41", "%2F", "%c3%a9", "?", "=", "&", "%", "~", ";", "{", "+", "%2b")
                .list()
                .ofMaxSize(12)
                .map(parts -> "/" + String.join("", parts));
    }

    @Property
    void addressesReadAsTheJdkReadsThem(@ForAll @Size(16) byte[] bytes, @ForAll boolean sparse)
            throws UnknownHostException {
        if (sparse) {
            for (int i = 2; i < 12; i++) {
                bytes[i] = 0;
            }
        }
        byte[] address = Address.unmap(bytes);
        assertThat(Address.parse(Address.text(address))).isEqualTo(address);
        assertThat(Address.parse(InetAddress.getByAddress(bytes).getHostAddress()))
                .isEqualTo(address);
        assertThat(InetAddress.getByName(Address.text(address)).getAddress()).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "01.2.3.4",
                "256.1.1.1",
                "1.2.3.4 ",
                "1..2.3",
                "::1::",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "::1%eth0",
                "[::1]",
                "g::",
                "1:2:3:4:5:6:7:8::",
                "::1.2.3",
                "a",
                "0x7f.1",
            })
    void noLiteralNoAddress(String text) {
        assertThat(Address.parse(text)).isNull();
    }

    @Test
    void mappedAddressesAreIpv4AndIpv6CountsByNetwork() {
        assertThat(Address.text(ip("::ffff:192.0.2.1"))).isEqualTo("192.0.2.1");
        assertThat(Address.bucket(ip("2001:db8:1:2:3:4:5:6"))).isEqualTo("2001:db8:1:2::/64");
        assertThat(Address.text(ip("2001:0:0:1:0:0:0:1"))).isEqualTo("2001:0:0:1::1");
    }

    @Property
    void blocksHoldWhatTheirPrefixHolds(@ForAll @Size(4) byte[] network, @ForAll @Size(4) byte[] other) {
        for (int bits = 0; bits <= 32; bits++) {
            int mask = bits == 0 ? 0 : -1 << (32 - bits);
            byte[] clean = bytes(number(network) & mask);
            Cidr cidr = Cidr.parse(Address.text(clean) + "/" + bits);
            assertThat(cidr.contains(other)).isEqualTo((number(other) & mask) == (number(network) & mask));
            assertThat(cidr.contains(new byte[16])).isFalse();
        }
    }

    private static byte[] ip(String text) {
        return Objects.requireNonNull(Address.parse(text), text);
    }

    private static int number(byte[] b) {
        return ((b[0] & 255) << 24) | ((b[1] & 255) << 16) | ((b[2] & 255) << 8) | (b[3] & 255);
    }

    private static byte[] bytes(int n) {
        return new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1|198.51.100.9|192.0.2.1",
                "10.0.0.1|198.51.100.9|198.51.100.9",
                "10.0.0.1|1.1.1.1, 198.51.100.9|198.51.100.9",
                "10.0.0.1|198.51.100.9, 10.0.0.2|198.51.100.9",
                "10.0.0.1|198.51.100.9:1234, 10.0.0.2|198.51.100.9",
                "10.0.0.1|[2001:db8::1]:80|2001:db8::1",
                "10.0.0.1|2001:db8::1|2001:db8::1",
                "10.0.0.1|::ffff:198.51.100.9|198.51.100.9",
                "10.0.0.1|1.1.1.1, evil, 10.0.0.2|10.0.0.2",
                "10.0.0.1|1.1.1.1, |10.0.0.1",
                "10.0.0.1|10.0.0.3|10.0.0.3",
                "10.0.0.1||10.0.0.1",
                "10.0.0.1|localhost|10.0.0.1",
            })
    void onlyTrustedProxiesAreBelievedFromTheRight(String peer, String forwarded, String client) {
        ClientAddress clients = new ClientAddress(List.of("10.0.0.0/8", "2001:db8:ffff::/48"));
        Fields fields = forwarded == null
                ? Fields.of("forwarded", "for=9.9.9.9", "x-real-ip", "9.9.9.9")
                : Fields.of("x-forwarded-for", forwarded);

        assertThat(Address.text(clients.of(ip(peer), fields))).isEqualTo(client);
    }

    @Test
    void severalForwardedLinesAreOneList() {
        ClientAddress clients = new ClientAddress(List.of("10.0.0.0/8"));
        Fields fields = Fields.of("x-forwarded-for", "1.1.1.1, 2.2.2.2", "x-forwarded-for", "10.1.1.1");

        assertThat(Address.text(clients.of(ip("10.0.0.1"), fields))).isEqualTo("2.2.2.2");
    }
}
