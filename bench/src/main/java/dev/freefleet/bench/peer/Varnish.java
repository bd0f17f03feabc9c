package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Varnish: memory store, no log reader, and (Debian's varnish-modules) the content of a POST in its hash. */
public final class Varnish implements Peer {
    private static final Path BODYACCESS = Path.of("/usr/lib/x86_64-linux-gnu/varnish/vmods/libvmod_bodyaccess.so");
    private static final String VCL = """
            vcl 4.1;
            import std;
            @import@
            backend origin { .host = "127.0.0.1"; .port = "@origin@"; }
            sub vcl_recv {
                if (req.method == "POST") { std.cache_req_body(64KB); }
                return (hash);
            }
            sub vcl_hash {
                hash_data(req.method);
                hash_data(req.url);
                @body@
                return (lookup);
            }
            sub vcl_backend_fetch { set bereq.method = bereq.http.X-Method; unset bereq.http.X-Method; }
            sub vcl_miss { set req.http.X-Method = req.method; }
            sub vcl_pass { set req.http.X-Method = req.method; }
            sub vcl_backend_response {
                if (beresp.http.Cache-Control ~ "no-store") { set beresp.uncacheable = true; set beresp.ttl = 120s; }
                return (deliver);
            }
            """;

    @Override
    public String name() {
        return "Varnish";
    }

    @Override
    public Optional<String> version() throws IOException {
        return Installed.firstLine("varnishd", "-V");
    }

    @Override
    public boolean cachesPost() {
        return Files.exists(BODYACCESS);
    }

    @Override
    public Running start(Site site) throws IOException {
        Path file = site.folder().resolve("bench.vcl");
        boolean bodies = cachesPost();
        String vcl = site.fill(VCL)
                .replace("@import@", bodies ? "import bodyaccess;" : "")
                .replace("@body@", bodies ? "if (req.method == \"POST\") { bodyaccess.hash_req_body(); }" : "");
        Files.writeString(file, vcl);
        return Running.start(
                name(),
                site,
                List.of(
                        "varnishd",
                        "-F",
                        "-n",
                        site.folder().resolve("varnish").toString(),
                        "-a",
                        "127.0.0.1:" + site.port(),
                        "-T",
                        "none",
                        "-f",
                        file.toString(),
                        "-s",
                        "malloc," + site.cacheMegabytes() + "m",
                        "-p",
                        "thread_pools=1",
                        "-p",
                        "thread_pool_min=100",
                        "-p",
                        "thread_pool_max=200",
                        "-p",
                        "listen_depth=4096",
                        "-p",
                        "timeout_idle=300"));
    }
}
