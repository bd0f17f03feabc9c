package dev.freefleet.cli.up;

import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks whether ports are free before anything slow begins; who takes one meanwhile is met when it is opened. */
final class Ports {
    private Ports() {}

    /** @throws CommandException if something else listens there */
    static void requireFree(String host, int port, String flag) {
        if (port == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException e) {
            throw new CommandException(
                    "The port " + port + " of " + host + " cannot be used (" + e.getMessage()
                            + "); stop what uses it, or choose another with " + flag + ".",
                    e);
        }
    }
}
