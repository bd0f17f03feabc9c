package dev.freefleet.cli.backup;

import dev.freefleet.backup.Entry;
import dev.freefleet.backup.Snapshot;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "ls",
        description = "List the files of a snapshot; with --json an object a line.",
        mixinStandardHelpOptions = true)
final class LsCommand implements Runnable {
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
            description = "Only this, and what is below it.")
    private String path = "";

    LsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (Stores.Open open = store.open(surroundings)) {
            Snapshot s = Find.snapshot(open, id).snapshot();
            String below = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
            boolean[] found = new boolean[1];
            open.repository().ls(s, e -> {
                if (below.isEmpty() || e.name().equals(below) || e.name().startsWith(below + "/")) {
                    found[0] = true;
                    surroundings.out().println(store.json() ? Jsons.of(e).toString() : line(e));
                }
            });
            if (s.kind() == Snapshot.Kind.OPAQUE && !store.json()) {
                surroundings
                        .err()
                        .println("backup: this snapshot is one stream of " + Texts.size(s.bytes())
                                + " without files; cat and restore give it back.");
            }
            surroundings.out().flush();
            if (!found[0] && !below.isEmpty()) {
                throw new CommandException("Nothing in the snapshot is called " + Texts.clean(below)
                        + "; ./fleet backup ls " + Texts.shortId(s.id()) + " shows what there is.");
            }
        }
    }

    private static String line(Entry e) {
        char type = switch (e.type()) {
            case FILE, MEMBER, HARDLINK -> '-';
            case FOLDER -> 'd';
            case SYMLINK -> 'l';
            case OTHER -> '?';
        };
        String target = e.target().length == 0 ? "" : " -> " + new String(e.target(), StandardCharsets.UTF_8);
        return String.format(
                Locale.ROOT,
                "%c%04o %5d:%-5d %12d %s %s",
                type,
                e.mode(),
                e.uid(),
                e.gid(),
                e.size(),
                Texts.time(e.modified()),
                Texts.clean(e.name() + target));
    }
}
