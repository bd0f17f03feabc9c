package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.client.DataOption;
import dev.freefleet.cli.client.Surroundings;
import dev.freefleet.cli.config.ConfigLoader;
import dev.freefleet.cli.config.EdgeConfig;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.EdgeFiles;
import dev.freefleet.cli.datadir.SigningFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the commands for the Worker work on: the configuration, the data directory and the pinned tools. */
final class Project {
    private final Surroundings surroundings;
    private final FleetConfig config;
    private final EdgeFiles files;

    private Project(Surroundings surroundings, FleetConfig config) {
        this.surroundings = surroundings;
        this.config = config;
        files = new EdgeFiles(config.data());
    }

    static Project of(Surroundings surroundings, DataOption options) {
        FleetConfig config = new ConfigLoader(
                        surroundings.home(), surroundings.workingDirectory(), surroundings.environment())
                .load(options.flags())
                .config();
        if (!Files.exists(config.data().resolve("VERSION"))) {
            // Makes its layout; a fleet that is running has made it.
            DataDirectory.open(config.data()).close();
        }
        return new Project(surroundings, config);
    }

    Surroundings surroundings() {
        return surroundings;
    }

    FleetConfig config() {
        return config;
    }

    EdgeConfig.Worker worker() {
        return config.edge().worker();
    }

    EdgeFiles files() {
        return files;
    }

    Wrangler wrangler() {
        return Wrangler.at(this);
    }

    /** The id of the KV namespace, or "". */
    String kvNamespace() {
        String named = config.edge().cloudflare().namespace();
        return named != null ? named : files.kvNamespace();
    }

    /** What an edge shows to the fleet. @throws CommandException if none was made */
    String token() {
        String token = files.token();
        if (token.isEmpty()) {
            throw new CommandException("There is no edge token yet; make it with: ./fleet edge init");
        }
        return token;
    }

    /** Where the Worker reaches the gateway. @throws CommandException if the configuration does not say it */
    URI fleetUrl() {
        URI url = worker().fleet();
        if (url == null) {
            throw CommandException.wrongUsage(
                    "The configuration does not say where the Worker reaches the fleet: set"
                            + " edge.url to the address of its tunnel, such as https://fleet.example.org (docs/cloudflare.md).");
        }
        return url;
    }

    /** The signing secrets by version, in base64url. @throws CommandException if the fleet has made none yet */
    Map<String, String> signingSecrets() {
        Map<String, String> secrets = SigningFiles.read(config.data());
        if (secrets.isEmpty()) {
            throw new CommandException(
                    "The fleet has no signing secrets yet: start it once with ./fleet up, then try again.");
        }
        return secrets;
    }

    Path home() {
        return surroundings.home();
    }

    @Nullable
    String apiToken() {
        return config.edge().cloudflare().token();
    }

    void say(String line) {
        surroundings.out().println(line);
        surroundings.out().flush();
    }

    /** What takes a while, for a person who waits. */
    void tell(String line) {
        surroundings.err().println("fleet: " + line);
        surroundings.err().flush();
    }
}
