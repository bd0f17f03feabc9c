package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterimAnswerTest {
    @Test
    void earlyHintsPassWithoutWhatIsForOneHop() {
        Fields hints = Fields.of(
                "link", "</a.css>; rel=preload", "connection", "x-hop", "x-hop", "1", "upgrade", "h2c", "age", "3");
        assertThat(InterimAnswer.relayed(103, hints)).isEqualTo(Fields.of("link", "</a.css>; rel=preload"));
        assertThat(InterimAnswer.relayed(102, Fields.empty())).isEqualTo(Fields.empty());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 101, 104, 199, 200})
    void othersEndHere(int status) {
        assertThat(InterimAnswer.relayed(status, Fields.empty())).isNull();
    }
}
