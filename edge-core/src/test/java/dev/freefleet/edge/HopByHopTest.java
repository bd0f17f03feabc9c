package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class HopByHopTest {
    @Provide
    Arbitrary<Fields> answers() {
        Arbitrary<String> names = Arbitraries.of(
                "connection",
                "content-length",
                "transfer-encoding",
                "date",
                "age",
                "cache-status",
                "x-cache",
                "x",
                "y");
        Arbitrary<String> values = Arbitraries.of("x", "y", "1", "close");
        return Combinators.combine(names, values)
                .as(List::of)
                .list()
                .ofMaxSize(6)
                .map(lines -> Fields.of(lines.stream().flatMap(List::stream).toArray(String[]::new)));
    }

    @Property
    void whatPassedBeforeChangesNothing(
            @ForAll("answers") Fields answer, @ForAll("answers") Fields other, @ForAll boolean before) {
        Fields passed = HopByHop.passed(answer, before ? other : HopByHop.passed(other, Fields.empty()));

        assertThat(passed).isEqualTo(HopByHop.passed(answer, Fields.empty()));
        assertThat(HopByHop.passed(answer, passed)).isSameAs(passed);
        List<String> connection = Tokens.of(answer, "connection");
        for (int i = 0; i < passed.size(); i++) {
            assertThat(connection).doesNotContain(passed.name(i));
            assertThat(passed.name(i))
                    .isNotIn("connection", "content-length", "transfer-encoding", "cache-status", "x-cache");
        }
    }

    @Test
    void linesKeepTheirOrderAndRepeat() {
        Fields answer = Fields.of("x", "1", "content-length", "2", "y", "3", "x", "4", "age", "5");

        assertThat(HopByHop.passed(answer, Fields.empty()))
                .isEqualTo(Fields.of("x", "1", "y", "3", "x", "4", "age", "5"));
    }
}
