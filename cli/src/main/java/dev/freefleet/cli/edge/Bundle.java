package dev.freefleet.cli.edge;

import dev.freefleet.cli.client.CommandException;
import dev.freefleet.cli.config.EdgeConfig;
import dev.freefleet.cli.config.FleetConfig;
import dev.freefleet.data.Redaction;
import dev.freefleet.edge.EdgePolicy;
import dev.freefleet.edgesync.PolicyJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The Worker as it is deployed: its modules, its policy and Wrangler's configuration, in the data directory. */
final class Bundle {
    private static final String MODULES = "edge-worker/target/worker";
    private static final String TEMPLATE = "deploy/cloudflare/wrangler.jsonc";
    /** Accepted by Wrangler where nothing is deployed. */
    private static final String NO_NAMESPACE = "00000000000000000000000000000000";

    private final Project project;

    Bundle(Project project) {
        this.project = project;
    }

    /** Writes it anew. */
    void write() {
        String policy = policy();
        String wrangler = wrangler();
        Path modules = project.home().resolve(MODULES);
        if (!Files.exists(modules.resolve("index.js"))) {
            throw new CommandException("The Worker's modules are not built: " + modules
                    + " has no index.js; build them with: ./fleet build");
        }
        project.files().write("bundle/policy.json", policy);
        project.files().write("bundle/wrangler.jsonc", wrangler);
        try (Stream<Path> all = Files.list(modules)) {
            for (Path module :
                    all.filter(file -> file.toString().endsWith(".js")).toList()) {
                Path copy = project.files().bundle().resolve(Objects.requireNonNull(module.getFileName()));
                Files.copy(module, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new CommandException(
                    "The Worker's modules cannot be copied from " + modules + ": " + e.getMessage(), e);
        }
    }

    /** What policy.json should hold now. */
    String policy() {
        EdgeConfig.Worker worker = project.worker();
        FleetConfig.Questions questions = project.config().questions();
        return PolicyJson.of(
                project.config().policy(),
                worker.node(),
                new PolicyJson.Origin(
                        project.fleetUrl(),
                        worker.brain(),
                        worker.secretHeader(),
                        project.config().gateway().origin().stall().toMillis(),
                        worker.domain()),
                new PolicyJson.Questions(questions.routes(), questions.redaction() == Redaction.NONE));
    }

    private String wrangler() {
        EdgeConfig.Worker worker = project.worker();
        EdgePolicy policy = project.config().policy();
        String domain = worker.domain();
        String namespace = project.kvNamespace();
        Map<String, String> values = Map.of(
                "NAME", worker.name(),
                "ROUTES", domain == null ? "" : "{ \"pattern\": \"" + domain + "\", \"custom_domain\": true }",
                "KV_NAMESPACE", namespace.isEmpty() ? NO_NAMESPACE : namespace,
                "KEY_LIMIT", Long.toString(PolicyJson.keyLimit(policy)),
                "ADDRESS_LIMIT", Long.toString(policy.addressRate().perMinute()));
        try {
            String text = Files.readString(project.home().resolve(TEMPLATE));
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("${" + value.getKey() + "}", value.getValue());
            }
            return text;
        } catch (IOException e) {
            throw new CommandException("The template " + project.home().resolve(TEMPLATE) + " cannot be read.", e);
        }
    }

    /** Has Wrangler bundle it without deploying; gives what Wrangler says of its size. */
    String check() {
        Wrangler.Outcome bundled = project.wrangler()
                .run(List.of("deploy", "--dry-run", "--outdir", "dist", "--config", "wrangler.jsonc"), null);
        Wrangler.requireSuccess(bundled, "bundle the Worker");
        return bundled.text()
                .lines()
                .filter(line -> line.startsWith("Total Upload"))
                .findFirst()
                .orElse("Wrangler does not say how large it is.");
    }
}
