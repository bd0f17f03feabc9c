package dev.freefleet.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.cli.datadir.RunFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What commands say when the fleet is not what its announcement says. */
@Timeout(60)
class AdminClientTest {
    @TempDir
    Path folder;

    private AdminClient announced(DataDirectory directory, int port) {
        URI admin = URI.create("http://127.0.0.1:" + port);
        directory.secrets().adminToken();
        directory.announce(new RunFile(ProcessHandle.current().pid(), admin, admin, admin));
        return AdminClient.of(folder);
    }

    @Test
    void aPortWhereNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (DataDirectory directory = DataDirectory.open(folder)) {
            AdminClient client = announced(directory, port);
            assertThatThrownBy(() -> client.get("/api/v1/users"))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("does not answer on http://127.0.0.1:" + port);
        }
    }

    @Test
    void somethingElseThatListensThere() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DataDirectory directory = DataDirectory.open(folder)) {
            Thread answering = Thread.ofVirtual().start(() -> answer(other));
            AdminClient client = announced(directory, other.getLocalPort());
            assertThatThrownBy(() -> client.get("/api/v1/users"))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("is not the fleet's admin port");
            answering.join();
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket socket = server.accept();
                OutputStream out = socket.getOutputStream()) {
            int read = socket.getInputStream().read(new byte[8192]);
            assertThat(read).isPositive();
            out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<html>hello</html>"
                    .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
