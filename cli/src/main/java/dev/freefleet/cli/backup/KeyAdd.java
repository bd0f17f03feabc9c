package dev.freefleet.cli.backup;

import dev.freefleet.backup.KeyHardness;
import dev.freefleet.backup.KeyInfo;
import dev.freefleet.backup.Unlock;
import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.Surroundings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "add",
        description = "Add a passphrase or a key file. Nothing else is written anew.",
        mixinStandardHelpOptions = true)
final class KeyAdd implements Runnable {
    private static final int LONGEST = 64;

    private final Surroundings surroundings;

    @Mixin
    private final StoreOption store = new StoreOption();

    @Option(names = "--label", paramLabel = "NAME", required = true, description = "What you call it.")
    private String label = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private final What what = new What();

    /** Exactly one of them is given. A passphrase never stands on the command line, where others could see it. */
    static final class What {
        @Option(
                names = "--passphrase-file",
                paramLabel = "FILE",
                description = "A file whose text is the new passphrase.")
        private @Nullable String passphrase;

        @Option(names = "--key-file", paramLabel = "FILE", description = "A key file that is there.")
        private @Nullable String keyFile;

        @Option(names = "--new-key-file", paramLabel = "FILE", description = "A key file to be made.")
        private @Nullable String newKeyFile;
    }

    KeyAdd(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (label.isBlank() || label.length() > LONGEST) {
            throw CommandException.wrongUsage("A label has 1 to " + LONGEST + " characters.");
        }
        try (Stores.Open open = store.open(surroundings)) {
            KeyInfo added = open.repository().addKey(unlock(), label, KeyHardness.DEFAULT);
            if (store.json()) {
                surroundings.out().println(Jsons.of(added).toPrettyString());
            } else {
                surroundings.out().println("added key " + added.id() + " (" + added.label() + ")");
                surroundings
                        .err()
                        .println("backup: the key that the configuration names still opens the repository;"
                                + " change backup.passphrase or backup.key-file, then remove the old one with"
                                + " ./fleet backup key remove.");
            }
        }
    }

    private Unlock unlock() {
        if (what.passphrase != null) {
            Path file = surroundings.workingDirectory().resolve(what.passphrase);
            try {
                return Unlock.passphrase(Files.readString(file).stripTrailing());
            } catch (CharacterCodingException e) {
                throw CommandException.wrongUsage("--passphrase-file: " + file + " is not UTF-8 text.");
            } catch (IOException e) {
                throw CommandException.wrongUsage("--passphrase-file: " + file + " does not exist or cannot be read.");
            }
        }
        if (what.keyFile != null) {
            return Unlock.keyFile(surroundings.workingDirectory().resolve(what.keyFile));
        }
        Path made = surroundings.workingDirectory().resolve(String.valueOf(what.newKeyFile));
        Unlock unlock = Unlock.newKeyFile(made, Setup.environment(surroundings).random());
        surroundings.err().println("backup: made the key file " + made + "; keep a copy of it elsewhere.");
        return unlock;
    }
}
