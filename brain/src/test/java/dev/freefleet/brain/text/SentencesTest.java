package dev.freefleet.brain.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentencesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The Brain works without any part of it.",
                "Ask it twice with -i and look at Cache-Status: the second answer did not reach the Brain.",
                "Does the key hold the Brain's index version?"
            })
    void sentencesAreProse(String sentence) {
        assertThat(Sentences.isProse(sentence)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gateway | HTTP/1.1 and HTTP/2 on Netty; keys that verify themselves | docs/gateway.md.",
                "clients ─────────────▶  gateway  ─────────────▶  Brain",
                "./fleet up --brain-docs ~/notes            # on a folder.",
                "curl -s http://127.0.0.1:8080/query -H \"X-API-Key: $(cat first-key)\"",
                "/fleet up      # sets up and runs everything on this machine; the default needs nothing but a JDK 25.",
                "Two commands"
            })
    void rowsDrawingsAndCodeAreNot(String line) {
        assertThat(Sentences.isProse(line)).isFalse();
    }
}
