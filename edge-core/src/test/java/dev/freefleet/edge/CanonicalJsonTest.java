package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
    private static String canonical(String text) {
        Json json = JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
        return json == null ? "malformed" : new String(CanonicalJson.write(json), StandardCharsets.UTF_8);
    }

    private static boolean isExact(String text) {
        Json json = JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
        return json != null && json.isExact();
    }

    /** RFC 8785 appendix B. */
    @ParameterizedTest
    @CsvSource({
        "0000000000000000, 0",
        "8000000000000000, 0",
        "0000000000000001, 5e-324",
        "8000000000000001, -5e-324",
        "7fefffffffffffff, 1.7976931348623157e+308",
        "ffefffffffffffff, -1.7976931348623157e+308",
        "4340000000000000, 9007199254740992",
        "c340000000000000, -9007199254740992",
        "4430000000000000, 295147905179352830000",
        "44b52d02c7e14af5, 9.999999999999997e+22",
        "44b52d02c7e14af6, 1e+23",
        "44b52d02c7e14af7, 1.0000000000000001e+23",
        "444b1ae4d6e2ef4e, 999999999999999700000",
        "444b1ae4d6e2ef4f, 999999999999999900000",
        "444b1ae4d6e2ef50, 1e+21",
        "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
        "3eb0c6f7a0b5ed8d, 0.000001",
        "41b3de4355555553, 333333333.3333332",
        "41b3de4355555554, 333333333.33333325",
        "41b3de4355555555, 333333333.3333333",
        "41b3de4355555556, 333333333.3333334",
        "41b3de4355555557, 333333333.33333343",
        "becbf647612f3696, -0.0000033333333333333333",
        "43143ff3c1cb0959, 1424953923781206.2",
    })
    void numbersOfTheRfc(String bits, String text) {
        double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));

        assertThat(EcmaNumber.text(value)).isEqualTo(text);
        assertThat(canonical(text)).isEqualTo(text);
        assertThat(isExact(text)).isTrue();
    }

    @Test
    void sampleOfTheRfc() {
        assertThat(canonical("""
                {
                  "numbers": [333333333.33333329, 1E30, 4.50,
                              2e-3, 0.000000000000000000000000001],
                  "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
                  "literals": [null, true, false]
                }"""))
                .isEqualTo("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
                        + "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @Test
    void sortingOfTheRfc() {
        String sorted = canonical("""
                {"\\u20ac": 5, "\\r": 1, "\\ufb33": 7, "1": 2, "\\ud83d\\ude00": 6, "\\u0080": 3, "\\u00f6": 4}""");

        assertThat(sorted).isEqualTo("{\"\\r\":1,\"1\":2,\"\u0080\":3,\"ö\":4,\"€\":5,\"😀\":6,\"\uFB33\":7}");
    }

    @Property
    void doublesAreTheShortestTextThatReadsBack(@ForAll("bits") long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return;
        }
        String text = EcmaNumber.text(value);

        assertThat(Double.parseDouble(text)).isEqualTo(value == 0 ? 0.0 : value);
        // The JDK's digits are shortest too (JDK-4511638), and nearest among the shortest.
        // It never writes fewer than two, though, and then not always those of the shorter one (4.9E-324 for 5e-324).
        if (EcmaNumber.shortest(Math.abs(value)).digits().length() > 1) {
            assertThat(new BigDecimal(text)).isEqualByComparingTo(new BigDecimal(Double.toString(value)));
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Decimal.read(bytes, 0, bytes.length).toDouble()).isEqualTo(value == 0 ? 0.0 : value);
    }

    @Provide
    Arbitrary<Long> bits() {
        return Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.doubles().between(-1e6, 1e6).map(Double::doubleToLongBits),
                Arbitraries.longs().between(-(1L << 60), 1L << 60).map(l -> Double.doubleToLongBits((double) l)),
                Arbitraries.integers().between(-1_074, 1_023).map(e -> Double.doubleToLongBits(Math.scalb(1.0, e))));
    }

    @Property
    void decimalsReadToTheNearestDouble(@ForAll("decimals") String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Decimal decimal = Decimal.read(bytes, 0, bytes.length);

        assertThat(decimal.toDouble()).isEqualTo(Double.parseDouble(text));
        boolean survives = !Double.isInfinite(Double.parseDouble(text))
                && new BigDecimal(text).compareTo(new BigDecimal(EcmaNumber.text(Double.parseDouble(text)))) == 0;
        assertThat(decimal.toJson().exact()).isEqualTo(survives);
    }

    @Provide
    Arbitrary<String> decimals() {
        Arbitrary<String> digits =
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(25);
        return digits.flatMap(whole -> digits.flatMap(fraction -> Arbitraries.integers()
                .between(-340, 320)
                .map(e -> (whole.equals("0") ? "0" : "1" + whole) + "." + fraction + "e" + e)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e400",
                "9007199254740993",
                "-9007199254740993",
                "12345678901234567890",
                "0.1000000000000000055",
                "1e-400",
                "[1, {\"a\": 0.30000000000000001}]",
            })
    void numbersThatOtherNumbersShareTheirDoubleWithAreNotExact(String text) {
        assertThat(isExact(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "01",
                "1.",
                ".5",
                "+1",
                "NaN",
                "Infinity",
                "-",
                "1e",
                "'a'",
                "\"\\ud800\"",
                "\"\\ud800\\u0041\"",
                "\"\\udc00\"",
                "\"\\x\"",
                "\"a\nb\"",
                "tru",
                "nulll",
                "[1] 2",
                "{a:1}",
                "\uFEFF{}",
                "/**/1",
                "\"\\u12g4\"",
            })
    void whatIsNotStrictJsonIsRefused(String text) {
        assertThat(canonical(text)).isEqualTo("malformed");
    }

    @Test
    void overlongAndSurrogateUtf8IsRefused() {
        assertThat(JsonReader.read(new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'}))
                .isNull();
        assertThat(JsonReader.read(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'}))
                .isNull();
        assertThat(JsonReader.read(new byte[] {'"', (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'}))
                .isNull();
        assertThat(JsonReader.read(new byte[] {'"', (byte) 0xe2, (byte) 0x82, '"'}))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0", "-0.0", "-0e+2", "0E-7"})
    void zeroHasNoSign(String text) {
        assertThat(JsonReader.read(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(JsonReader.read(new byte[] {'0'}));
    }

    @Test
    void depthIsLimited() {
        assertThat(canonical("[".repeat(64) + "]".repeat(64))).isNotEqualTo("malformed");
        assertThat(canonical("[".repeat(65) + "]".repeat(65))).isEqualTo("malformed");
        assertThat(canonical("[".repeat(1_000_000))).isEqualTo("malformed");
    }

    @Test
    void manyNumbersThatAreHardToJudgeAreRefused() {
        assertThat(canonical("[" + "0.12345678901234567,".repeat(256) + "1]")).isNotEqualTo("malformed");
        assertThat(canonical("[" + "0.12345678901234567,".repeat(257) + "1]")).isEqualTo("malformed");
    }

    @Property
    void orderAndWhiteSpaceDoNotMatter(@ForAll("objects") Map<String, String> members, @ForAll long seed) {
        List<Map.Entry<String, String>> shuffled = new ArrayList<>(members.entrySet());
        Collections.shuffle(shuffled, new Random(seed));
        String spaced = write(shuffled, " \n\t");

        assertThat(canonical(spaced)).isEqualTo(canonical(write(List.copyOf(members.entrySet()), "")));
        assertThat(canonical(canonical(spaced))).isEqualTo(canonical(spaced));
    }

    @Property
    void differentObjectsHaveDifferentForms(
            @ForAll("objects") Map<String, String> one, @ForAll("objects") Map<String, String> other) {
        boolean same = canonical(write(List.copyOf(one.entrySet()), ""))
                .equals(canonical(write(List.copyOf(other.entrySet()), "")));

        assertThat(same).isEqualTo(one.equals(other));
    }

    @Provide
    Arbitrary<Map<String, String>> objects() {
        Arbitrary<String> texts = Arbitraries.of("a", "b", "\"", "\\", "\u0001", "\n", " ", "é", "€", "😀")
                .list()
                .ofMaxSize(3)
                .map(parts -> String.join("", parts));
        return Arbitraries.maps(texts, texts).ofMaxSize(4).map(LinkedHashMap::new);
    }

    private static String write(List<Map.Entry<String, String>> members, String space) {
        StringBuilder text = new StringBuilder("{");
        for (Map.Entry<String, String> member : members) {
            text.append(text.length() > 1 ? "," : "").append(space).append(quote(member.getKey()));
            text.append(space).append(':').append(quote(member.getValue())).append(space);
        }
        return text.append('}').toString();
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> quoted.append(String.format("\\u%04x", c)));
        return quoted.append('"').toString();
    }
}
