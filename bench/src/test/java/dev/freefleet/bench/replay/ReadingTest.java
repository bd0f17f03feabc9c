package dev.freefleet.bench.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.freefleet.testkit.trace.Trace;
import dev.freefleet.testkit.trace.TraceEvent;
import dev.freefleet.testkit.trace.TraceSettings;
import dev.freefleet.testkit.trace.Typing;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ReadingTest {
    /** Whatever way a question is written, an independent reader comes to the identity that the trace says it has. */
    @Property(tries = 20)
    void everySpellingMeansItsQuestion(@ForAll long seed, @ForAll Typing typing) throws JsonProcessingException {
        var reading = new Reading(typing);
        for (TraceEvent event : new Trace(TraceSettings.day(seed, 500).withTyping(typing))) {
            if (event instanceof TraceEvent.Ask ask) {
                URI target = URI.create(ask.target());
                String json = ask.json();
                byte[] content = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
                assertThat(reading.canonical(target.getPath(), target.getRawQuery(), content))
                        .isEqualTo(ask.question().canonical());
            }
        }
    }
}
