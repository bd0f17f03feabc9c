package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTagsTest {
    private static List<String> tags(String pointer, String content) {
        return new AnswerTags(List.of(pointer)).of(content.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/sources/*/id|{'sources':[{'id':'a'},{'id':'b'},{'id':'a'},{'x':'c'}]}|a b",
                "/sources/*/id|{'sources':{'x':{'id':'a'},'y':{'id':7.50}}}|a 7.5",
                "/sources/1/id|{'sources':[{'id':'a'},{'id':'b'}]}|b",
                "/sources/01/id|{'sources':[{'id':'a'},{'id':'b'}]}|''",
                "/sources/-/id|{'sources':[{'id':'a'}]}|''",
                "/sources/9/id|{'sources':[{'id':'a'}]}|''",
                "/sources/*/id|{'sources':null}|''",
                "/a~1b/m~0n|{'a/b':{'m~n':'x'}}|x",
                "/|{'':'x'}|x",
                "''|'\"x\"'|x",
                "/a|{'a':true}|''",
                "/a|{'a':['b']}|''",
            })
    void pointersLeadToTags(String pointer, String content, String expected) {
        String found = String.join(" ", tags(pointer, content.replace('\'', '"')));

        assertThat(found).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"\\u0073ources\":[{\"id\":\"a\"}]}",
                "{\"sources\":[{\"\\u0069d\":\"a\"}]}",
                " \n[{\"x\":0}] {\"sources\":[{\"id\":\"a\"}]}"
            })
    void membersThatAreWrittenInAnotherWayAreNotOverlooked(String content) {
        assertThat(AnswerTags.SOURCES.of(content.getBytes(StandardCharsets.UTF_8)))
                .containsAnyOf("a", AnswerTags.ANY);
    }

    @Property
    void theSourcesOfAnAnswerAreItsTags(
            @ForAll @Size(max = 64) List<@AlphaChars @StringLength(min = 1, max = 9) String> ids) {
        String sources = ids.stream().map(id -> "{\"id\":\"" + id + "\"}").collect(Collectors.joining(","));
        List<String> tags = AnswerTags.SOURCES.of(
                ("{\"answer\":\"x\",\"sources\":[" + sources + "]}").getBytes(StandardCharsets.UTF_8));

        assertThat(tags).containsExactlyElementsOf(new LinkedHashSet<>(ids));
        ids.forEach(id -> assertThat(AnswerTags.matches(tags, id)).isTrue());
        assertThat(AnswerTags.matches(tags, "0")).isFalse();
    }

    @Property
    void anyContentAtAllHasBoundedTags(@ForAll byte[] content) {
        List<String> tags = AnswerTags.SOURCES.of(content);

        assertThat(tags).hasSizeLessThanOrEqualTo(AnswerTags.MAX_TAGS);
        assertThat(AnswerTags.NONE.of(content)).isEmpty();
    }

    @Test
    void whatCannotBeToldGoesWithEveryPurge() {
        String many = IntStream.rangeClosed(0, AnswerTags.MAX_TAGS)
                .mapToObj(i -> "\"" + i + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        String longTag = "[\"" + "x".repeat(AnswerTags.MAX_LENGTH + 1) + "\"]";
        String longContent = "[\"a\"" + " ".repeat(AnswerTags.MAX_CONTENT) + "]";

        for (String content : List.of(many, longTag, longContent, "no JSON", "")) {
            assertThat(tags("/*", content)).containsExactly(AnswerTags.ANY);
        }
        assertThat(AnswerTags.matches(List.of(AnswerTags.ANY), "anything")).isTrue();
        assertThat(AnswerTags.matches(List.of(), "anything")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sources", "/a~", "/a~2", "/~x/b"})
    void pointersAreChecked(String pointer) {
        assertThatThrownBy(() -> new AnswerTags(List.of(pointer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("JSON pointer")
                .hasMessageContaining(pointer);
        assertThatThrownBy(() -> new AnswerTags(Collections.nCopies(9, "/a"))).hasMessageContaining("0 to 8");
    }

    @Test
    void answersOfQueryRoutesCarryTheirTagsAndOthersNone() {
        TestShell shell = new TestShell(Policies.standard());
        String type = "application/json";
        shell.origin =
                request -> shell.answer(200, "{\"sources\":[{\"id\":\"doc-1\"}]}", "cache-control", "max-age=60");
        shell.send("POST", "/query", "{\"query\":\"a\"}", "content-type", type, "x-api-key", TestShell.key(1, 2));
        shell.send("GET", "/files/a", "");

        assertThat(shell.store.values().stream()
                        .map(variants -> variants.getFirst().tags()))
                .containsExactlyInAnyOrder(List.of("doc-1"), List.of());
    }
}
