package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Spring Cloud Gateway with its LocalResponseCache, one event loop, the JVM flags that ours has. It stores answers to GET
 * without content only.
 */
public final class SpringCloudGateway implements Peer {
    private final Path home;

    public SpringCloudGateway(Path home) {
        this.home = home.resolve("bench/spring-cloud-gateway/target");
    }

    @Override
    public String name() {
        return "Spring Cloud Gateway";
    }

    @Override
    public Optional<String> version() throws IOException {
        Path classPath = home.resolve("classpath");
        if (!Files.exists(classPath)) {
            return Optional.empty();
        }
        return Files.readString(classPath)
                .lines()
                .flatMap(line -> List.of(line.split(":", -1)).stream())
                .map(jar -> String.valueOf(Path.of(jar).getFileName()))
                .filter(jar -> jar.startsWith("spring-cloud-gateway-server-webflux-"))
                .findFirst();
    }

    @Override
    public boolean cachesPost() {
        return false;
    }

    @Override
    public Running start(Site site) throws IOException {
        String classPath = home.resolve("classes") + ":"
                + Files.readString(home.resolve("classpath")).strip();
        return Running.start(
                "spring",
                site,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xms64m",
                        "-Xmx" + (256 + 2 * site.cacheMegabytes()) + "m",
                        "-XX:+UseCompactObjectHeaders",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dreactor.netty.ioWorkerCount=1",
                        "-cp",
                        classPath,
                        "dev.freefleet.bench.spring.SpringCloudGateway",
                        "--server.port=" + site.port(),
                        "--bench.origin=http://127.0.0.1:" + site.originPort(),
                        "--bench.cache=" + site.cacheMegabytes() + "MB"));
    }
}
