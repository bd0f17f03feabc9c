package dev.freefleet.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        StringWriter out = new StringWriter();
        new Table("ID", "NAME").row("1", "ada").row("1000", "").print(new PrintWriter(out));
        assertThat(out.toString().lines()).containsExactly("ID    NAME", "1     ada", "1000  -");
    }

    @Test
    void namesCannotMoveTheTerminalsCursor() {
        StringWriter out = new StringWriter();
        new Table("NAME").row("a\u001b[2Jb\n\u202ec").print(new PrintWriter(out));
        assertThat(out.toString().lines()).containsExactly("NAME", "a?[2Jb??c");
    }

    @Test
    void aRowHasAsManyCellsAsThereAreHeadings() {
        Table table = new Table("A", "B");
        assertThatThrownBy(() -> table.row("1")).isInstanceOf(IllegalArgumentException.class);
    }
}
