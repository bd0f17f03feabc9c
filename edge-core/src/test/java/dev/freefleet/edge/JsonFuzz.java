package dev.freefleet.edge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whatever content holds: it is refused, or its canonical form is strict JSON, its own canonical form, and says to an
 * independent reader (Jackson) what the content says to it. Two contents of one canonical form mean the same, then.
 */
public final class JsonFuzz {
    private static final JsonMapper INDEPENDENT = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonFuzz() {}

    /** What the fuzzer calls. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Json json = JsonReader.read(input);
        if (json == null) {
            return;
        }
        byte[] canonical = CanonicalJson.write(json);
        Json again = JsonReader.read(canonical);
        if (again == null || !Arrays.equals(canonical, CanonicalJson.write(again))) {
            throw new IllegalStateException("no canonical form of what was read");
        }
        if (json.isExact()) {
            if (!json.equals(again)) {
                throw new IllegalStateException("the canonical form means something else");
            }
            if (!meansTheSame(input, canonical)) {
                throw new IllegalStateException("the canonical form means something else to an independent reader");
            }
        }
        AnswerTags.SOURCES.of(input);
    }

    private static boolean meansTheSame(byte[] input, byte[] canonical) throws IOException {
        try {
            return independent(input).equals(JsonFuzz::compare, independent(canonical));
        } catch (JsonMappingException | NumberFormatException e) {
            return true; // an exponent such as in 0e99999999999, which BigDecimal has no room for
        }
    }

    private static JsonNode independent(byte[] text) throws IOException {
        return INDEPENDENT.readTree(new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8));
    }

    /** Numbers by their value, everything else as it is. */
    private static int compare(JsonNode one, JsonNode other) {
        if (one instanceof NumericNode && other instanceof NumericNode) {
            return one.decimalValue().compareTo(other.decimalValue());
        }
        return one.equals(other) ? 0 : 1;
    }
}
