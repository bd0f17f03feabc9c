package dev.freefleet.cli.brain;

import dev.freefleet.brain.IngestListener;
import dev.freefleet.brain.IngestReport;
import dev.freefleet.brain.SkippedFile;
import java.io.PrintWriter;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows how far an ingest is: a bar on a terminal, else a line at the end. */
final class IngestProgress implements IngestListener, AutoCloseable {
    private static final int WIDTH = 90;

    private final PrintWriter err;
    private final boolean terminal;
    private @Nullable ProgressBar bar;

    IngestProgress(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void found(int files) {
        if (terminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName("brain reads")
                    .setInitialMax(files)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setMaxRenderedLength(WIDTH)
                    .setConsumer(new DelegatingProgressBarConsumer(this::draw, WIDTH))
                    .build();
        }
    }

    private void draw(String line) {
        err.print("\r" + line);
        err.flush();
    }

    @Override
    public void done(String document) {
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void skipped(SkippedFile file) {
        err.println((bar == null ? "" : "\r") + "brain: left out " + file.document() + ": " + file.reason());
    }

    void finished(IngestReport report) {
        close();
        int documents = report.added() + report.changed() + report.unchanged();
        err.println("brain: " + documents + " documents (" + report.added() + " new, " + report.changed() + " changed, "
                + report.deleted() + " gone) in " + report.took().toMillis() + " ms");
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.println();
        }
    }
}
