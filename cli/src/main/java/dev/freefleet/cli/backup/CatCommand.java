package dev.freefleet.cli.backup;

import dev.freefleet.backup.Progress;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "cat",
        description = "Write one file of a snapshot to standard output, byte for byte.",
        mixinStandardHelpOptions = true)
final class CatCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Parameters(
            index = "0",
            paramLabel = "SNAPSHOT",
            description = "Its id or the beginning of it, a source's name, or latest.")
    private String id = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PATH",
            defaultValue = "",
            description = "The file, as ls shows it; a stream without files needs none.")
    private String path = "";

    CatCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            Snapshot s = Find.snapshot(open, id).snapshot();
            if (path.isEmpty() && s.kind() != Snapshot.Kind.OPAQUE) {
                throw CommandException.wrongUsage("Snapshot " + Texts.shortId(s.id())
                        + " holds files; name one as ./fleet backup ls " + Texts.shortId(s.id()) + " shows it.");
            }
            try (OutputStream out = standardOutput()) {
                open.repository().cat(s, path, out, Progress.NONE);
            }
        } catch (IOException e) {
            throw new CommandException("What was read cannot be written: " + e.getMessage(), e);
        }
    }

    /** Bytes, which the writer for results would take for text. */
    static OutputStream standardOutput() {
        return new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16);
    }
}
