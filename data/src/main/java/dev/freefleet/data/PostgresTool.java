package dev.freefleet.data;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs PostgreSQL's own programs, {@code initdb} and {@code pg_ctl}. They refuse to run as root; for root they are
 * started in a user namespace that maps nobody, where the kernel still takes them for the files' owner and they
 * see themselves as an ordinary user (user_namespaces(7)).
 */
final class PostgresTool {
    private final Path binaries;
    private final Path workingDirectory;

    PostgresTool(Path binaries, Path workingDirectory) {
        this.binaries = binaries;
        this.workingDirectory = workingDirectory;
    }

    /** Runs it to its end. @throws IOException with what it printed, if it did not succeed */
    void run(String program, List<String> arguments) throws IOException {
        run(program, arguments, new Cancellation());
    }

    /** Runs it to its end, or until it is given up. @throws IOException with what it printed, if it did not succeed */
    void run(String program, List<String> arguments, Cancellation cancellation) throws IOException {
        List<String> command = new ArrayList<>();
        if (new UnixSystem().getUid() == 0) {
            command.addAll(List.of("unshare", "--user"));
        }
        command.add(binaries.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
        // A PGPORT or PGDATA of the shell that the fleet was started from is not meant for its own server.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.redirectErrorStream(true).start();
        cancellation.begin(process);
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IOException(program + ": " + reason(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + program, e);
        } finally {
            cancellation.end();
        }
    }

    private static String reason(String output) {
        if (output.contains("unshare")) {
            return "PostgreSQL refuses to run as root, and this system allows root no user namespace; run the fleet as an"
                    + " ordinary user, or set the URL of a PostgreSQL";
        }
        return output.replace('\n', ' ');
    }
}
