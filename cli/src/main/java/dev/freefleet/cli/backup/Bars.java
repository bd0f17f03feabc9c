package dev.freefleet.cli.backup;

import dev.freefleet.backup.Progress;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows how far the work is: a bar on a terminal, else nothing. The stage that is told of last is the one that is shown. */
final class Bars implements Progress, AutoCloseable {
    private static final int WIDTH = 90;
    private static final long MIB = 1 << 20;

    private final PrintWriter err;
    private final boolean terminal;
    private final String task;
    private final Map<Stage, String> names = new EnumMap<>(Stage.class);
    private @Nullable ProgressBar bar;
    private @Nullable Stage shown;

    Bars(PrintWriter err, boolean terminal, String task) {
        this.err = err;
        this.terminal = terminal;
        this.task = task;
        names.put(Stage.READ, "reads");
        names.put(Stage.RESTORE, "restores");
        names.put(Stage.VERIFY, "verifies");
        names.put(Stage.REPACK, "repacks");
        names.put(Stage.COPY, "copies");
    }

    @Override
    public synchronized void at(Stage stage, long done, long total) {
        // What is written goes on beside what is read, which says more.
        if (!terminal || stage == Stage.WRITE) {
            return;
        }
        if (bar == null || shown != stage) {
            close();
            shown = stage;
            bar = new ProgressBarBuilder()
                    .setTaskName(task + " " + names.get(stage))
                    .setUnit(" MiB", MIB)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setMaxRenderedLength(WIDTH)
                    .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                    .build();
        }
        if (total > 0) {
            bar.maxHint(total);
        }
        bar.stepTo(done);
    }

    private void draw(String line) {
        err.print("\r" + line);
        err.flush();
    }

    @Override
    public synchronized void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.println();
        }
    }
}
