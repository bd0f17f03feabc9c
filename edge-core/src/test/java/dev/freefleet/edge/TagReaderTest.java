package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quick reader says what the document says, or leaves it to the document. */
class TagReaderTest {
    private static final List<String> POINTERS =
            List.of("/sources/*/id", "/id", "/sources/1", "/*/id", "", "/sources/id/x", "/~1/\u00e9", "/*/*");

    private static final String[] NAMES = {
        "sources",
        "id",
        "x",
        "",
        "/",
        "1",
        "\u00e9",
        "\\u0069d",
        "sourc\\u0065s",
        "i",
        "idd",
        "\\ud83d\\ude00",
        "\ud83d\ude00"
    };

    private static final String[] SCALARS = {
        "\"a\"",
        "\"b\"",
        "\"\"",
        "\"\u20ac\"",
        "\"\\n\"",
        "\"\\u00e9\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\x\"",
        "\"" + "x".repeat(256) + "\"",
        "\"" + "x".repeat(257) + "\"",
        "true",
        "false",
        "null",
        "tru",
        "0",
        "-0",
        "7.50",
        "1e3",
        "1E-7",
        "-12.25e+2",
        "01",
        "1.",
        "123456789012345678901",
        "0.1234567890123456789",
        "1e400",
        "-",
        "nul"
    };

    private static AnswerTags tags(String... pointers) {
        return new AnswerTags(Arrays.asList(pointers));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<TagPath> paths(AnswerTags tags) {
        return tags.pointers().stream().map(TagPath::new).toList();
    }

    private static void checkSame(AnswerTags tags, byte[] content) {
        List<String> quick = TagReader.read(paths(tags), content);
        if (quick != null) {
            assertThat(quick).isEqualTo(tags.ofDocument(content));
        }
    }

    private static AnswerTags some(Random random) {
        return tags(random.ints(1 + random.nextInt(3), 0, POINTERS.size())
                .mapToObj(POINTERS::get)
                .toArray(String[]::new));
    }

    @Property
    void itSaysWhatTheDocumentSays(@ForAll Random random) {
        checkSame(some(random), bytes(value(random, 5)));
    }

    @Property
    void itSaysWhatTheDocumentSaysOfBrokenText(@ForAll Random random) {
        byte[] content = bytes(value(random, 4));
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            content = broken(random, content);
        }
        checkSame(some(random), content);
    }

    @Property
    void itSaysWhatTheDocumentSaysOfAnyBytes(@ForAll byte[] content) {
        checkSame(tags("/0", ""), content);
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 1 : 4)) {
            case 0 -> space(random) + SCALARS[random.nextInt(SCALARS.length)] + space(random);
            case 1 -> list(random, depth, '[', ']');
            default -> list(random, depth, '{', '}');
        };
    }

    private static String list(Random random, int depth, char open, char close) {
        StringBuilder text = new StringBuilder().append(open).append(space(random));
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append(space(random));
            if (open == '{') {
                text.append('"').append(NAMES[random.nextInt(random.nextBoolean() ? 3 : NAMES.length)]);
                text.append('"').append(space(random)).append(':');
            }
            text.append(value(random, depth - 1));
        }
        return text.append(close).append(space(random)).toString();
    }

    private static String space(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> " ";
            case 1 -> "\r\n\t";
            default -> "";
        };
    }

    private static byte[] broken(Random random, byte[] content) {
        byte[] broken = content.length == 0 ? new byte[1] : content.clone();
        int at = random.nextInt(broken.length);
        switch (random.nextInt(3)) {
            case 0 -> broken[at] = (byte) random.nextInt(256);
            case 1 -> broken[at] = (byte) "{}[]\",:\\ue0".charAt(random.nextInt(11));
            default -> broken = Arrays.copyOf(broken, at);
        }
        return broken;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'answer':'a\\u00e9\\n','sources':[{'id':'a'},{'id':7.50},{'id':'\u20ac'}],'n':0.9}|a 7.5 \u20ac",
                " {'sources' : [ ] } |''",
                "{'sources':[{'id':{'id':'a'}},{'id':true},['id']]}|''",
            })
    void ordinaryAnswersNeedNoDocument(String content, String expected) {
        List<String> quick = TagReader.read(paths(AnswerTags.SOURCES), bytes(content.replace('\'', '"')));

        assertThat(quick).isNotNull();
        assertThat(String.join(" ", quick)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'sources':[],'sources':[{'id':'a'}]}",
                "{'x':{'y':1,'y':2},'sources':[]}",
                "{'sources':[{'\\u0069d':'a'}]}",
                "{'sources':[{'id':'\\u0061'}]}",
                "{'sources':{'x':{'id':'a'}}}",
                "{'sources':['\\ud800']}",
                "{'sources':[]} x",
                "{'sources':[],}",
                "",
            })
    void whatIsRareOrWrongIsLeftToTheDocument(String content) {
        assertThat(TagReader.read(paths(AnswerTags.SOURCES), bytes(content.replace('\'', '"'))))
                .isNull();
    }

    @Test
    void itHasTheLimitsOfTheDocument() {
        AnswerTags all = tags("/*");
        for (int levels : new int[] {JsonReader.MAX_DEPTH - 1, JsonReader.MAX_DEPTH, JsonReader.MAX_DEPTH + 1}) {
            checkSame(all, bytes("[".repeat(levels) + "]".repeat(levels)));
            checkSame(all, bytes("[".repeat(levels - 1) + "0" + "]".repeat(levels - 1)));
        }
        for (int count : new int[] {
            AnswerTags.MAX_TAGS, AnswerTags.MAX_TAGS + 1, JsonReader.MAX_HARD_NUMBERS, JsonReader.MAX_HARD_NUMBERS + 1
        }) {
            StringBuilder few = new StringBuilder("[0");
            StringBuilder hard = new StringBuilder("[[0");
            StringBuilder members = new StringBuilder("{\"\":0");
            for (int i = 1; i < count; i++) {
                few.append(',').append(i);
                hard.append(",1234567890.123456789");
                members.append(",\"").append(i).append("\":").append(i);
            }
            checkSame(all, bytes(few + "]"));
            checkSame(all, bytes(hard + ",1e300]]"));
            checkSame(tags("/1", "/2"), bytes(members + "}"));
        }
        byte[] most = bytes("[[" + "1234567890.123456789,".repeat(JsonReader.MAX_HARD_NUMBERS) + "0]]");
        assertThat(TagReader.read(paths(all), most)).isEmpty();
    }
}
