package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.backup.CopyReport;
import dev.freefleet.backup.Problem;
import dev.freefleet.backup.StoredSnapshot;
import dev.freefleet.backup.VerifyReport;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "copy",
        description = "Send to the other store what it lacks: by default snapshots newer than its newest, from local to"
                + " off-site.",
        mixinStandardHelpOptions = true)
final class CopyCommand implements Runnable {
    private final Surroundings surroundings;

    @Mixin
    private final Setup setup = new Setup();

    @Parameters(
            arity = "0..*",
            paramLabel = "SNAPSHOT",
            description = "Only these, by id, source's name, or latest (default: what is newer).")
    private final List<String> ids = new ArrayList<>();

    @Option(names = "--from", paramLabel = "STORE", description = "local or off-site (default: local).")
    private @Nullable String from;

    @Option(names = "--all", description = "All that the other store has not, older ones too.")
    private boolean all;

    @Option(
            names = "--mend",
            description = "First read every byte of the other store, and send again what is damaged in it.")
    private boolean mend;

    CopyCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Stores stores = setup.stores(surroundings);
        if (stores.configured().size() < 2) {
            throw CommandException.wrongUsage(
                    "There is only the " + stores.primary().label()
                            + " store; configure backup.off-site or backup.s3.bucket, and backup.keep-local for the local one.");
        }
        if (all && !ids.isEmpty()) {
            throw CommandException.wrongUsage("--all names all snapshots; name none besides.");
        }
        StoreName source = stores.named(from);
        StoreName target = source == StoreName.LOCAL ? StoreName.OFF_SITE : StoreName.LOCAL;
        Instant started = surroundings.clock().instant();
        History history = setup.history(surroundings);
        try (Stores.Open open = stores.open(source);
                Stores.Open to = stores.openOrMake(target);
                Bars bars = setup.bars(surroundings, target.label())) {
            CopyReport mended = mend ? mend(open, to, bars) : new CopyReport(List.of(), 0, List.of());
            CopyReport copied = open.repository().copyTo(to.repository(), chosen(open, to, started), bars);
            copied.copied()
                    .forEach(s -> history.backup(
                            target, s, started, surroundings.clock().instant()));
            history.settle();
            List<Problem> unreadable = new ArrayList<>(mended.unreadable());
            unreadable.addAll(copied.unreadable());
            if (setup.json()) {
                surroundings
                        .out()
                        .println(
                                json(source, target, mended, copied, unreadable).toPrettyString());
            } else {
                print(source, target, mended, copied, unreadable);
            }
            if (!unreadable.isEmpty()) {
                throw new CommandException(Texts.unreadable(source, unreadable));
            }
        }
    }

    private ObjectNode json(
            StoreName source, StoreName target, CopyReport mended, CopyReport copied, List<Problem> unreadable) {
        ObjectNode json = Jsons.object().put("from", source.label()).put("to", target.label());
        ArrayNode snapshots = json.putArray("copied");
        copied.copied().forEach(s -> snapshots.add(Jsons.of(s)));
        if (mend) {
            json.put("bytes_mended", mended.bytes());
        }
        json.set("unreadable", Jsons.of(unreadable));
        return json;
    }

    private void print(
            StoreName source, StoreName target, CopyReport mended, CopyReport copied, List<Problem> unreadable) {
        if (mend) {
            surroundings
                    .out()
                    .println(
                            mended.bytes() == 0
                                    ? "nothing was mended in " + target.label() + "."
                                    : "of what is damaged in " + target.label() + " " + Texts.size(mended.bytes())
                                            + " were sent again; backup verify --store " + target.label()
                                            + " tells what is still lost.");
        }
        surroundings
                .out()
                .println(copied.copied().size() + " snapshots copied from " + source.label() + " to " + target.label()
                        + ", "
                        + Texts.size(copied.copied().stream()
                                .mapToLong(s -> s.snapshot().added())
                                .sum())
                        + " sent.");
        if (!unreadable.isEmpty()) {
            surroundings.out().println("damaged in " + source.label() + " too:");
            Texts.lines(unreadable).forEach(surroundings.out()::println);
        }
    }

    private static CopyReport mend(Stores.Open open, Stores.Open to, Bars bars) {
        VerifyReport found = to.repository().verify(1, RandomGenerator.getDefault(), bars);
        return open.repository().mend(to.repository(), found, bars);
    }

    private List<StoredSnapshot> chosen(Stores.Open open, Stores.Open to, Instant now) {
        if (all) {
            return open.repository().list();
        }
        return ids.isEmpty()
                ? Missing.newer(open, to, now)
                : ids.stream().map(id -> Find.snapshot(open, id)).toList();
    }
}
