package dev.freefleet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * nginx's {@code proxy_cache}: one worker, no log, the cache on tmpfs with open files remembered, connections to the
 * origin kept, and the content in the key. Its content buffer holds every content sent here, without which nginx would
 * key it as empty.
 */
public final class Nginx implements Peer {
    private static final String CONFIGURATION = """
            worker_processes 1;
            daemon off;
            pid nginx.pid;
            error_log error.log crit;
            events { worker_connections 4096; use epoll; multi_accept on; }
            http {
                access_log off;
                server_tokens off;
                sendfile on;
                tcp_nopush on;
                tcp_nodelay on;
                keepalive_timeout 300;
                keepalive_requests 1000000000;
                open_file_cache max=10000 inactive=300s;
                open_file_cache_valid 300s;
                client_body_buffer_size 64k;
                client_body_in_single_buffer on;
                client_body_temp_path body;
                proxy_temp_path temp;
                fastcgi_temp_path temp;
                uwsgi_temp_path temp;
                scgi_temp_path temp;
                proxy_cache_path cache levels=1:2 keys_zone=answers:100m max_size=@blockmegabytes@m inactive=1h use_temp_path=off;
                upstream origin { server 127.0.0.1:@origin@; keepalive 128; keepalive_requests 1000000000; }
                server {
                    listen 127.0.0.1:@port@ reuseport backlog=4096;
                    location / {
                        proxy_pass http://origin;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_cache answers;
                        proxy_cache_methods GET HEAD POST;
                        proxy_cache_key "$request_method $request_uri $request_body";
                    }
                }
            }
            """;

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public Optional<String> version() throws IOException {
        return Installed.firstLine("nginx", "-v");
    }

    @Override
    public boolean cachesPost() {
        return true;
    }

    @Override
    public Running start(Site site) throws IOException {
        Path file = site.folder().resolve("nginx.conf");
        // nginx counts a file by its blocks of 4 KB: the same number of 1 KB answers needs four times the bytes.
        String blocks = Integer.toString(4 * site.cacheMegabytes());
        Files.writeString(file, site.fill(CONFIGURATION).replace("@blockmegabytes@", blocks));
        return Running.start(name(), site, List.of("nginx", "-p", site.folder() + "/", "-c", file.toString()));
    }
}
