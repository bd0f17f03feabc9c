package dev.freefleet.worker;

import dev.freefleet.testkit.NodePackages;
import dev.freefleet.testkit.OriginExchange;
import dev.freefleet.testkit.TestOrigin;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Worker in a process of workerd that runs nothing else: without Miniflare, which keeps the Cache API by a Worker of its
 * own in the same process. Here the Cache API is a server elsewhere, as it is at Cloudflare.
 */
final class PlainWorkerd implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile(".*\"event\":\"listen\".*\"port\":(\\d+).*");
    private static final String CONFIG = """
            using Workerd = import "/workerd/workerd.capnp";
            const config :Workerd.Config = (
              services = [
                (name = "edge", worker = .edge),
                (name = "out", network = (allow = ["public", "private", "local"])),
                (name = "cache", external = (address = "127.0.0.1:PORT", http = ()))
              ],
              sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "edge")]
            );
            const edge :Workerd.Worker = (
              compatibilityDate = "2026-11-01",
              compatibilityFlags = ["enable_request_signal"],
              modules = [
                (name = "index.js", esModule = embed "index.js"),
                (name = "edge.js", esModule = embed "edge.js"),
                (name = "policy.json", esModule = embed "policy.js")
              ],
              bindings = [
                (name = "SIGNING_SECRETS", text = "{\\"1\\":\\"SECRET\\"}"),
                (name = "FLEET_EDGE_TOKEN", text = "TOKEN")
              ],
              globalOutbound = "out",
              cacheApiOutbound = "cache"
            );
            """;

    private final Map<String, String> stored = new ConcurrentHashMap<>();
    private final TestOrigin cache = TestOrigin.start(this::cache);
    private final Process process;
    private final URI url;

    /**
     * Starts it.
     *
     * @param folder an empty one, for its configuration
     * @param entry the Worker's first module
     */
    PlainWorkerd(Path folder, Path entry, String policy) throws IOException {
        NodePackages.install(WorkerUnderTest.NPM, WorkerUnderTest.INSTALLED);
        Files.createDirectories(folder);
        Files.copy(entry, folder.resolve("index.js"));
        Files.copy(WorkerUnderTest.MODULES.resolve("edge.js"), folder.resolve("edge.js"));
        Files.writeString(folder.resolve("policy.js"), "export default " + policy);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(WorkerUnderTest.SECRET);
        Files.writeString(
                folder.resolve("config.capnp"),
                CONFIG.replace("PORT", Integer.toString(cache.url().getPort()))
                        .replace("SECRET\\\"", secret + "\\\"")
                        .replace("\"TOKEN\"", '"' + TestFleet.TOKEN + '"'));
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "64";
        Path binary =
                WorkerUnderTest.INSTALLED.resolve("node_modules/@cloudflare/workerd-linux-" + machine + "/bin/workerd");
        Path log = folder.resolve("log");
        process = new ProcessBuilder(binary.toAbsolutePath().toString(), "serve", "config.capnp", "--control-fd=1")
                .directory(folder.toFile())
                .redirectError(log.toFile())
                .start();
        BufferedReader events = process.inputReader(StandardCharsets.UTF_8);
        for (String line = events.readLine(); ; line = events.readLine()) {
            if (line == null) {
                throw new AssertionError("workerd does not start: " + Files.readString(log));
            }
            Matcher listens = LISTENS.matcher(line);
            if (listens.matches()) {
                url = URI.create("http://127.0.0.1:" + listens.group(1));
                return;
            }
        }
    }

    URI url() {
        return url;
    }

    long pid() {
        return process.pid();
    }

    /** Workerd's Cache API by HTTP: GET answers what was PUT, which is an answer as it goes over the wire. */
    private void cache(OriginExchange exchange) throws IOException {
        switch (exchange.method()) {
            case "PUT" -> {
                stored.put(exchange.target(), new String(exchange.content(), StandardCharsets.ISO_8859_1));
                exchange.answer(204, "text/plain", "");
            }
            case "GET" -> {
                String answer = stored.get(exchange.target());
                if (answer == null) {
                    exchange.answer(504, "text/plain", "", "CF-Cache-Status: MISS");
                } else {
                    int line = answer.indexOf("\r\n") + 2;
                    exchange.raw(answer.substring(0, line) + "CF-Cache-Status: HIT\r\n" + answer.substring(line));
                }
            }
            default -> exchange.answer(404, "text/plain", "");
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        cache.close();
    }
}
