package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeadWriterTest {
    private static final byte[] DATE = "date: now\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static String written(
            Fields fields, @Nullable EncodedLines stored, HeadWriter.Framing framing, long length) {
        ByteBuf out = Unpooled.buffer();
        new HeadWriter().answer(out, 200, fields, stored, framing, length, HeadWriter.Persistence.STAY, () -> DATE);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aHeadAsItGoesOut() {
        assertThat(written(Fields.of("a", "b"), null, HeadWriter.Framing.LENGTH, 1234567890123L))
                .isEqualTo("HTTP/1.1 200 OK\r\na: b\r\ndate: now\r\ncontent-length: 1234567890123\r\n\r\n");
        assertThat(written(Fields.of("date", "then"), null, HeadWriter.Framing.CHUNKED, -1))
                .isEqualTo("HTTP/1.1 200 OK\r\ndate: then\r\ntransfer-encoding: chunked\r\n\r\n");
    }

    @Test
    void aCharacterBeyondLatin1BecomesNoLineEnd() {
        assertThat(written(Fields.of("a", "x\u010a\u010dy"), null, HeadWriter.Framing.NONE, -1))
                .contains("a: x??y\r\n");
    }

    /** Whatever the core leaves out, adds or replaces, the bytes are those of the lines. */
    @Property
    void storedLinesAreTheSameBytes(@ForAll @Size(max = 12) List<Integer> edits) {
        Fields.Builder lines = Fields.builder();
        for (int i = 0; i < 8; i++) {
            lines.add(i == 3 ? "date" : "name" + i, "value " + i);
        }
        Fields stored = lines.build();
        Fields.Builder edited = Fields.builder();
        for (int i = 0; i < stored.size(); i++) {
            int edit = i < edits.size() ? Math.floorMod(edits.get(i), 4) : 0;
            if (edit == 1) {
                edited.add("added" + i, "x");
            }
            if (edit == 2) {
                edited.add(stored.name(i), "replaced");
            } else if (edit != 3) {
                edited.add(stored.name(i), stored.value(i));
            }
        }
        Fields answer = edited.add("age", "7").build();
        assertThat(written(answer, new EncodedLines(stored), HeadWriter.Framing.LENGTH, 5))
                .isEqualTo(written(answer, null, HeadWriter.Framing.LENGTH, 5));
    }
}
