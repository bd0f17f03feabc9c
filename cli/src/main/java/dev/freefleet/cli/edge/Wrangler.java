package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pinned Wrangler, run by the pinned Node, both installed by npm under the data directory. Secrets reach it by its standard
 * input and its environment, never by its arguments, which every process of the machine can read.
 */
final class Wrangler {
    private static final String NPM = "edge-worker/npm";
    /** Wrangler colours its errors whatever it is told. */
    private static final Pattern COLOURS = Pattern.compile("\u001B\\[[0-9;]*m");

    private final Project project;
    private final Path tools;

    private Wrangler(Project project) {
        this.project = project;
        tools = project.files().tools();
    }

    /** What it did: its exit code and what it printed on both streams. */
    record Outcome(int code, String text) {}

    static Wrangler at(Project project) {
        return new Wrangler(project);
    }

    boolean isInstalled() {
        return Files.exists(script()) && node() != null;
    }

    private Path script() {
        return tools.resolve("node_modules/wrangler/bin/wrangler.js");
    }

    /** The Node that npm installed: one package for each system and processor. */
    private @Nullable Path node() {
        Path modules = tools.resolve("node_modules");
        if (!Files.isDirectory(modules)) {
            return null;
        }
        try (Stream<Path> packages = Files.list(modules)) {
            return packages.filter(one -> String.valueOf(one.getFileName()).startsWith("node-"))
                    .map(one -> one.resolve("bin/node"))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new CommandException("The folder " + modules + " cannot be read.", e);
        }
    }

    /** Installs it where it is missing or another version is pinned; it takes a minute. */
    void install() {
        Path pinned = project.home().resolve(NPM);
        try {
            Path lock = tools.resolve("package-lock.json");
            boolean same = Files.exists(lock)
                    && Files.mismatch(lock, pinned.resolve("package-lock.json")) == -1
                    && isInstalled();
            if (same) {
                return;
            }
            project.files().folder();
            Files.createDirectories(tools);
            for (String file : List.of("package.json", "package-lock.json")) {
                Files.copy(pinned.resolve(file), tools.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new CommandException(
                    "The pinned versions in " + pinned + " cannot be copied to " + tools + ": " + e.getMessage() + ".",
                    e);
        }
        project.tell("installing the pinned Wrangler and its Node with npm into " + tools);
        Outcome npm = run(
                List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
                tools,
                null,
                line -> {});
        if (npm.code() != 0 || !isInstalled()) {
            throw new CommandException("npm could not install Wrangler (its exit code is " + npm.code() + "): "
                    + reason(npm.text()) + " Check that npm is there and the registry can be reached.");
        }
    }

    /**
     * Runs it in the bundle's folder, or where that is not there yet, in that of the tools.
     *
     * @param input its standard input, or null
     */
    Outcome run(List<String> arguments, @Nullable String input) {
        return run(command(arguments), folder(), input, line -> {});
    }

    /** As above; what it prints is shown line by line. */
    Outcome show(List<String> arguments, @Nullable String input) {
        return run(command(arguments), folder(), input, project::say);
    }

    private Path folder() {
        Path bundle = project.files().bundle();
        return Files.isDirectory(bundle) ? bundle : tools;
    }

    private List<String> command(List<String> arguments) {
        Path node = node();
        if (node == null || !isInstalled()) {
            throw new CommandException("Wrangler is not installed yet; do so with: ./fleet edge init");
        }
        List<String> command = new ArrayList<>(List.of(node.toString(), script().toString()));
        command.addAll(arguments);
        return command;
    }

    private Outcome run(List<String> command, Path folder, @Nullable String input, Consumer<String> shown) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        environment(builder.environment());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new CommandException(
                    command.getFirst() + " cannot be started (" + e.getMessage() + "); install it, for example with:"
                            + " apt-get install npm",
                    e);
        }
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        try {
            give(process, input);
            StringBuilder text = new StringBuilder();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String plain = COLOURS.matcher(line).replaceAll("");
                    text.append(plain).append('\n');
                    shown.accept(plain);
                }
            }
            return new Outcome(process.waitFor(), text.toString());
        } catch (IOException e) {
            throw new CommandException(command.getFirst() + " could not be read: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("Interrupted.", e);
        } finally {
            removeHook(end);
        }
    }

    /** One that does not want its input closes it; its exit code says the rest. */
    private static void give(Process process, @Nullable String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write((input == null ? "" : input).getBytes(StandardCharsets.UTF_8));
        } catch (IOException closed) {
            // Nothing is lost.
        }
    }

    private static void removeHook(Thread end) {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException stopping) {
            end.interrupt(); // the hook is running: it ends the process
        }
    }

    private void environment(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("FLEET_"));
        environment.put("WRANGLER_SEND_METRICS", "false");
        environment.put("NO_COLOR", "1");
        environment.put("FORCE_COLOR", "0");
        Path node = node();
        if (node != null) {
            String path = environment.getOrDefault("PATH", "");
            environment.put("PATH", node.getParent() + java.io.File.pathSeparator + path);
        }
        String account = project.config().edge().cloudflare().account();
        if (account != null) {
            environment.put("CLOUDFLARE_ACCOUNT_ID", account);
        }
        String token = project.apiToken();
        if (token != null) {
            environment.put("CLOUDFLARE_API_TOKEN", token);
        }
    }

    /** @throws CommandException if nobody is logged in at Cloudflare; it says which right is needed */
    void requireLogin(String rights) {
        if (project.apiToken() != null || project.surroundings().environment().containsKey("CLOUDFLARE_API_TOKEN")) {
            return;
        }
        Outcome who = run(List.of("whoami"), null);
        if (who.code() != 0
                || who.text().contains("not authenticated")
                || who.text().contains("Not logged in")) {
            throw new CommandException(
                    "Nobody is logged in at Cloudflare. Set edge.api-token (or FLEET_EDGE_API_TOKEN_FILE)"
                            + " to an API token with the rights: " + rights + "; or log in with: "
                            + String.join(" ", command(List.of("login"))));
        }
    }

    /** @throws CommandException with its last words if it failed */
    static void requireSuccess(Outcome outcome, String what) {
        if (outcome.code() != 0) {
            throw new CommandException("Wrangler could not " + what + " (its exit code is " + outcome.code() + "): "
                    + reason(outcome.text()));
        }
    }

    /** What says most: the error and the lines under it that are set in, which say why; else the last line. */
    static String reason(String text) {
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        Optional<String> error = lines.stream()
                .filter(line -> line.contains("[ERROR]") || line.startsWith("npm error"))
                .findFirst();
        if (error.isEmpty()) {
            return lines.isEmpty() ? "it said nothing." : lines.getLast().strip();
        }
        Stream<String> why = lines.stream()
                .skip(lines.indexOf(error.get()) + 1L)
                .takeWhile(line -> Character.isWhitespace(line.charAt(0)));
        return Stream.concat(error.stream(), why).map(String::strip).collect(Collectors.joining(" "));
    }
}
