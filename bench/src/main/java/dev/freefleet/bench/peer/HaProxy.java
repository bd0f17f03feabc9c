package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** HAProxy's cache: one thread, no log, connections to the origin shared. It stores answers to GET only. */
public final class HaProxy implements Peer {
    private static final String CONFIGURATION = """
            global
                nbthread 1
                maxconn 4096
            defaults
                mode http
                timeout connect 5s
                timeout client 300s
                timeout server 60s
                timeout http-keep-alive 300s
                option http-keep-alive
                http-reuse always
            cache answers
                total-max-size @megabytes@
                max-object-size 100000
                max-age 3600
            frontend edge
                bind 127.0.0.1:@port@ backlog 4096
                default_backend origin
            backend origin
                http-request cache-use answers
                http-response cache-store answers
                server origin 127.0.0.1:@origin@ pool-max-conn -1
            """;

    @Override
    public String name() {
        return "HAProxy";
    }

    @Override
    public Optional<String> version() throws IOException {
        return Installed.firstLine("haproxy", "-v");
    }

    @Override
    public boolean cachesPost() {
        return false;
    }

    @Override
    public Running start(Site site) throws IOException {
        Path file = site.folder().resolve("haproxy.cfg");
        Files.writeString(file, site.fill(CONFIGURATION));
        return Running.start(name(), site, List.of("haproxy", "-db", "-f", file.toString()));
    }
}
