package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Our gateway with all policies on, without a data plane; the JVM flags are those of {@code ./fleet up}. */
public final class GatewayAlone implements Peer {
    private final boolean foldsText;

    /** @param foldsText whether its routes take letter case and white space inside questions for nothing */
    public GatewayAlone(boolean foldsText) {
        this.foldsText = foldsText;
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public Optional<String> version() {
        return Optional.of("0.1.0-SNAPSHOT");
    }

    @Override
    public boolean cachesPost() {
        return true;
    }

    @Override
    public Running start(Site site) throws IOException {
        String extra = System.getProperty("bench.gateway.flags", "");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-Xms64m",
                "-Xmx320m",
                "-XX:MaxDirectMemorySize=160m",
                "-XX:MaxMetaspaceSize=160m",
                "-XX:ReservedCodeCacheSize=96m",
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        if (!extra.isEmpty()) {
            command.addAll(List.of(extra.split(" ", -1)));
        }
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                GatewayApp.class.getName(),
                Integer.toString(site.port()),
                Integer.toString(site.originPort()),
                Integer.toString(site.cacheMegabytes()),
                Boolean.toString(foldsText)));
        return Running.start(name(), site, command).withKeyFromLog();
    }
}
