package dev.freefleet.cli.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freefleet.cli.CommandLineTool;
import dev.freefleet.cli.CommandLineTool.Outcome;
import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.EdgeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code fleet edge ...} up to where an account would be needed: from there on a program in Wrangler's place writes down how it
 * was called. {@code EdgeDevTest} runs the Wrangler that is pinned.
 */
@Timeout(120)
class EdgeCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "0123456789abcdef0123456789abcdef";

    /** Says and does what Wrangler would, as far as the commands look at it. */
    private static final String WRANGLER = """
            const fs = require('node:fs');
            const args = process.argv.slice(2);
            const input = fs.readFileSync(0, 'utf8');
            fs.appendFileSync(process.env.HOME + '/calls', JSON.stringify({
              args, input, account: process.env.CLOUDFLARE_ACCOUNT_ID ?? null, token: process.env.CLOUDFLARE_API_TOKEN ?? null,
              fleet: Object.keys(process.env).filter(name => name.startsWith('FLEET_')) }) + '\\n');
            const fail = fs.existsSync(process.env.HOME + '/fail') ? fs.readFileSync(process.env.HOME + '/fail', 'utf8') : '';
            if (args[0] === '--version') console.log('4.0.0');
            else if (args[0] === 'whoami') console.log('You are not authenticated. Please run `wrangler login`.');
            else if (fail && args.join(' ').startsWith(fail)) { console.log(' head\\nX \\u001b[41;31m[\\u001b[97mERROR\\u001b[31m]\\u001b[0m Processing wrangler.jsonc configuration:\\n\\n'
              + '    - Expected "a" to be one.\\n    - Expected "b" to be two.\\n\\n\\nLogs were written to "x"'); process.exit(1); }
            else if (args[0] === 'kv') console.log('"kv_namespaces": [{ "binding": "x", "id": "%s" }]');
            else if (args.includes('--dry-run')) console.log('Total Upload: 100.00 KiB / gzip: 43.00 KiB');
            else console.log('did ' + args[0]);
            """.formatted(NAMESPACE);

    @TempDir
    Path home;

    private CommandLineTool tool;

    @BeforeEach
    void prepare() throws Exception {
        Files.createDirectories(home.resolve("deploy/cloudflare"));
        Files.copy(Path.of("../deploy/cloudflare/wrangler.jsonc"), home.resolve("deploy/cloudflare/wrangler.jsonc"));
        Files.createDirectories(home.resolve("edge-worker/target/worker"));
        Files.writeString(home.resolve("edge-worker/target/worker/index.js"), "export default {}\n");
        Files.writeString(home.resolve("edge-worker/target/worker/edge.js"), "export const edge = 1\n");
        Files.createDirectories(home.resolve("edge-worker/npm"));
        Files.writeString(home.resolve("edge-worker/npm/package.json"), "{}");
        Files.writeString(home.resolve("edge-worker/npm/package-lock.json"), "{}");
        Files.writeString(home.resolve("fleet.yaml"), """
                edge:
                  url: https://fleet.example.org
                  domain: api.example.org
                  account: 0123456789abcdef0123456789abcdee
                """);
        DataDirectory data = DataDirectory.open(home.resolve("data"));
        data.secrets().signing();
        data.secrets().keepFirstKey("sff_key");
        data.secrets().endFirstStart();
        data.close();
        tool = new CommandLineTool(home).with("FLEET_DATA", home.resolve("data").toString());
        Path tools = home.resolve("data/edge/tools");
        Files.createDirectories(tools.resolve("node_modules/wrangler/bin"));
        Files.writeString(tools.resolve("package-lock.json"), "{}");
        Files.writeString(
                tools.resolve("node_modules/wrangler/bin/wrangler.js"),
                WRANGLER.replace("process.env.HOME", "__dirname"));
        Files.createDirectories(tools.resolve("node_modules/node-here/bin"));
        Files.createSymbolicLink(tools.resolve("node_modules/node-here/bin/node"), node());
    }

    /** The Node of this machine, which the tests need anyway. */
    private static Path node() throws IOException, InterruptedException {
        Process which = new ProcessBuilder("sh", "-c", "command -v node").start();
        String path =
                new String(which.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        assertThat(which.waitFor()).isZero();
        return Path.of(path).toRealPath();
    }

    private Path stub() {
        return home.resolve("data/edge/tools/node_modules/wrangler/bin");
    }

    private List<JsonNode> calls() throws IOException {
        Path file = stub().resolve("calls");
        List<JsonNode> calls = new java.util.ArrayList<>();
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            calls.add(JSON.readTree(line));
        }
        return calls;
    }

    private static void assertSentence(int code, Outcome outcome, String part) {
        assertThat(outcome.errors())
                .singleElement()
                .asString()
                .startsWith("fleet: ")
                .contains(part);
        assertThat(outcome.code()).isEqualTo(code);
    }

    private CommandLineTool loggedIn() {
        return tool.with("FLEET_EDGE_API_TOKEN", "token-of-cloudflare");
    }

    @Test
    void initMakesTheTokenAndTheNamespaceOnce() throws Exception {
        Outcome first = loggedIn().run("edge", "init");
        assertThat(first.err()).isEmpty();
        assertThat(first.code()).isZero();
        assertThat(first.out()).contains("edge token: made", "KV namespace: " + NAMESPACE + ", made");
        Path token = home.resolve("data/edge/token");
        assertThat(Files.readString(token).strip()).hasSize(43);
        assertThat(Files.getPosixFilePermissions(token)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        String made = Files.readString(token);
        Outcome second = tool.run("edge", "init");
        assertThat(second.out()).contains("edge token: there already", "KV namespace: " + NAMESPACE + "\n");
        assertThat(Files.readString(token)).isEqualTo(made);
        assertThat(first.out() + second.out()).doesNotContain(made.strip());
        assertThat(calls().stream()
                        .filter(call -> call.path("args").path(0).asText().equals("kv")))
                .hasSize(1);
    }

    @Test
    void whoIsNotLoggedInIsToldWhichRightIsNeeded() {
        assertSentence(1, tool.run("edge", "init"), "Workers KV Storage: Edit");
        new EdgeFiles(home.resolve("data")).keepKvNamespace(NAMESPACE);
        assertSentence(1, tool.run("edge", "deploy"), "Workers Scripts: Edit");
        assertSentence(1, tool.run("edge", "tail"), "Workers Tail: Read");
        assertSentence(1, tool.run("edge", "rollback"), "Workers Scripts: Edit");
        assertSentence(1, tool.run("edge", "secrets", "--put"), "Workers Scripts: Edit");
        assertThat(tool.run("edge", "status").out()).contains("deployed: not known: nobody is logged in");
    }

    @Test
    void buildWritesPolicyAndConfigurationAndBundles() throws Exception {
        Outcome built = tool.run("edge", "build");
        assertThat(built.err()).isEmpty();
        assertThat(built.out()).contains("Total Upload");
        Path bundle = home.resolve("data/edge/bundle");
        JsonNode policy = JSON.readTree(Files.readString(bundle.resolve("policy.json")));
        assertThat(policy.path("fleet_url").asText()).isEqualTo("https://fleet.example.org");
        assertThat(policy.path("node").asText()).isEqualTo("cloudflare");
        String wrangler = Files.readString(bundle.resolve("wrangler.jsonc"));
        assertThat(wrangler)
                .doesNotContain("${")
                .contains(
                        "\"pattern\": \"api.example.org\", \"custom_domain\": true",
                        "\"workers_dev\": false",
                        "\"limit\": 1200");
        assertThat(bundle.resolve("index.js")).exists();
        assertThat(bundle.resolve("edge.js")).exists();
        assertThat(calls().getLast().path("args").toString()).contains("--dry-run");
        assertThat(tool.run("edge", "status").out()).contains("bundle: built from this configuration");
        tool.with("FLEET_EDGE_NODE", "other");
        assertThat(tool.run("edge", "status").out()).contains("bundle: built from another configuration");
    }

    @Test
    void deployGivesTheSecretsByStandardInputAndNeverAsArguments() throws Exception {
        loggedIn().run("edge", "init");
        Outcome deployed = loggedIn().run("edge", "deploy");
        assertThat(deployed.err()).isEmpty();
        assertThat(deployed.code()).isZero();
        String token = Files.readString(home.resolve("data/edge/token")).strip();
        byte[] signing = Base64.getDecoder()
                .decode(Files.readString(home.resolve("data/secrets/signing.1")).strip());
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(signing);
        JsonNode bulk = calls().stream()
                .filter(call -> call.path("args").path(0).asText().equals("secret"))
                .findFirst()
                .orElseThrow();
        JsonNode values = JSON.readTree(bulk.path("input").asText());
        assertThat(values.path("FLEET_EDGE_TOKEN").asText()).isEqualTo(token);
        assertThat(values.path("SIGNING_SECRETS").asText()).isEqualTo("{\"1\":\"" + secret + "\"}");
        assertThat(bulk.path("account").asText()).isEqualTo("0123456789abcdef0123456789abcdee");
        assertThat(bulk.path("token").asText()).isEqualTo("token-of-cloudflare");
        for (JsonNode call : calls()) {
            assertThat(call.path("args").toString())
                    .doesNotContain(token)
                    .doesNotContain(secret)
                    .doesNotContain("token-of-cloudflare");
            assertThat(call.path("fleet")).isEmpty();
        }
        assertThat(deployed.out())
                .doesNotContain(token)
                .doesNotContain(secret)
                .contains("did deploy", "api.example.org");
        assertThat(calls().getLast().path("args").path(0).asText()).isEqualTo("deploy");
    }

    @Test
    void aDryRunNeedsNoAccountAndDeploysNothing() throws Exception {
        tool.run("edge", "init", "--local");
        Outcome dry = tool.run("edge", "deploy", "--dry-run");
        assertThat(dry.code()).isZero();
        assertThat(dry.out()).contains("secrets: FLEET_EDGE_TOKEN, SIGNING_SECRETS", "nothing was deployed");
        assertThat(calls())
                .allSatisfy(call -> assertThat(call.path("args").toString()).matches(".*(--dry-run|--version).*"));
    }

    @Test
    void whatWranglerRefusesIsASentence() throws Exception {
        loggedIn().run("edge", "init");
        Files.writeString(stub().resolve("fail"), "secret");
        String reason =
                "Processing wrangler.jsonc configuration: - Expected \"a\" to be one. - Expected \"b\" to be two.";
        Outcome deploy = loggedIn().run("edge", "deploy");
        assertSentence(1, deploy, reason);
        assertThat(deploy.err()).doesNotContain("head").doesNotContain("Logs");
        Files.writeString(stub().resolve("fail"), "deploy --dry-run");
        assertSentence(1, loggedIn().run("edge", "build"), "could not bundle");
        Files.writeString(stub().resolve("fail"), "deployments");
        assertThat(loggedIn().run("edge", "status").out()).contains("not known: Wrangler says X [ERROR] " + reason);
    }

    @Test
    void wrongUseIsTold() throws Exception {
        assertSentence(1, tool.run("edge", "deploy", "--dry-run"), "./fleet edge init");
        assertSentence(2, tool.run("edge", "rollback", "yesterday"), "is no version's id");
        assertSentence(2, tool.run("edge", "dev", "--port", "70000"), "--port must be 1 to 65535");
        Files.writeString(home.resolve("fleet.yaml"), "edge: {domain: api.example.org}\n");
        assertSentence(2, tool.run("edge", "build"), "edge.url");
        Files.writeString(home.resolve("fleet.yaml"), "edge: {url: 'http://fleet.example.org'}\n");
        Outcome plain = tool.run("edge", "build");
        assertThat(plain.code()).isEqualTo(2);
        assertThat(plain.err()).contains("edge.url: must begin with https://");
        Files.writeString(home.resolve("fleet.yaml"), "edge: {url: 'https://fleet.example.org'}\n");
        Files.delete(home.resolve("edge-worker/target/worker/index.js"));
        assertSentence(1, tool.run("edge", "build"), "./fleet build");
    }
}
