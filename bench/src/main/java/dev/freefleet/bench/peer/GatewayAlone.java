package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Our gateway with all policies on, without a data plane; the JVM flags are those of {@code ./fleet up}, the heap is what
 * the cache needs and 64 MB for all else.
 */
public final class GatewayAlone implements Peer {
    private static final int HEAP_BESIDE_CACHE = 64;

    private final String name;
    private final boolean foldsText;
    private final List<String> usage;

    /** @param foldsText whether its routes take letter case and white space inside questions for nothing */
    public GatewayAlone(boolean foldsText) {
        this("gateway", foldsText, List.of());
    }

    private GatewayAlone(String name, boolean foldsText, List<String> usage) {
        this.name = name;
        this.foldsText = foldsText;
        this.usage = usage;
    }

    /** The same with usage events thrown away. */
    public static GatewayAlone withoutIngest() {
        return new GatewayAlone("ingest off", false, List.of("none"));
    }

    /** The same with usage events written through the spool into the database that this file names. */
    public static GatewayAlone withIngest(Path database) {
        return new GatewayAlone("ingest on", false, List.of(database.toString()));
    }

    @Override
    public String name() {
        return name;
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
                "-Xmx" + (site.cacheMegabytes() + HEAP_BESIDE_CACHE) + "m",
                "-XX:MaxNewSize=32m",
                "-XX:TrimNativeHeapInterval=10000",
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
        command.addAll(usage);
        return Running.start(name(), site, command).withKeyFromLog();
    }
}
