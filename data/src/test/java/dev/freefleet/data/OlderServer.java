package dev.freefleet.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A PostgreSQL of an older version than the one that the fleet carries, as somebody else would run it. */
final class OlderServer implements AutoCloseable {
    private static final String PASSWORD = "a password of the superuser";

    private final Path directory = TestServer.temporary();
    private final PostgresTool tool;
    private final int port;

    OlderServer(int version) throws IOException {
        Path jar = Path.of("target", "postgres", version + ".jar").toAbsolutePath();
        String name = PostgresBinaries.archiveName();
        URI archive = URI.create("jar:" + jar.toUri() + "!/" + name);
        tool = new PostgresTool(
                PostgresBinaries.unpacked(jar.resolveSibling("unpacked-" + version), name, archive.toURL()), directory);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path password = Files.writeString(directory.resolve("password"), PASSWORD);
        tool.run(
                "initdb",
                List.of(
                        "--pgdata=" + cluster(),
                        "--username=postgres",
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--no-sync"));
        tool.run(
                "pg_ctl",
                List.of(
                        "--pgdata=" + cluster(),
                        "--log=" + directory.resolve("server.log"),
                        "--wait",
                        "--timeout=120",
                        "--options=-p " + port
                                + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
                                + " -c shared_buffers=16MB -c max_connections=30",
                        "start"));
    }

    Login superuser() {
        return Login.loopback(port, "postgres", "postgres", PASSWORD);
    }

    /** A database of its own, whose role owns it and is no superuser. */
    DataConfig.External database() {
        TestServer.execute(
                superuser(), "create role fleet login password 'a password'", "create database fleet owner fleet");
        return new DataConfig.External(Login.loopbackUrl(port, "fleet"), "fleet", "a password");
    }

    /** A second one of that role's. */
    DataConfig.External anotherDatabase() {
        TestServer.execute(superuser(), "create database another owner fleet");
        return new DataConfig.External(Login.loopbackUrl(port, "another"), "fleet", "a password");
    }

    private Path cluster() {
        return directory.resolve("cluster");
    }

    @Override
    public void close() {
        try {
            tool.run("pg_ctl", List.of("--pgdata=" + cluster(), "--mode=immediate", "--wait", "stop"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            TestServer.delete(directory);
        }
    }
}
