package dev.freefleet.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An issuer of certificates, made with the JDK's keytool. */
final class TestAuthority {
    private static final String PASSWORD = "changeit";

    private final Path folder;
    private final String name;

    TestAuthority(Path folder, String name) throws Exception {
        this.folder = folder;
        this.name = name;
        keytool(
                name + ".p12",
                "-genkeypair",
                "-alias",
                "ca",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "bc:c",
                "-validity",
                "30");
        keytool(
                name + ".p12",
                "-exportcert",
                "-alias",
                "ca",
                "-rfc",
                "-file",
                certificate().toString());
    }

    /** Its own certificate, PEM. */
    Path certificate() {
        return folder.resolve(name + ".pem");
    }

    /** Issues {@code server.crt} and {@code server.key} for an alternative name such as {@code ip:127.0.0.1}. */
    void issue(Path target, String alternativeName) throws Exception {
        String store = name + "-server.p12";
        Files.deleteIfExists(folder.resolve(store));
        Path request = folder.resolve(name + ".csr");
        Path issued = folder.resolve(name + "-server.pem");
        keytool(store, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=server", "-validity", "30");
        keytool(store, "-certreq", "-alias", "server", "-file", request.toString());
        keytool(
                name + ".p12",
                "-gencert",
                "-alias",
                "ca",
                "-infile",
                request.toString(),
                "-outfile",
                issued.toString(),
                "-rfc",
                "-ext",
                "san=" + alternativeName,
                "-validity",
                "30");
        Files.copy(issued, target.resolve("server.crt"), StandardCopyOption.REPLACE_EXISTING);
        Path key = target.resolve("server.key");
        Files.writeString(key, privateKey(store));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    private String privateKey(String store) throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance(folder.resolve(store).toFile(), PASSWORD.toCharArray());
        byte[] encoded =
                requireNonNull(keys.getKey("server", PASSWORD.toCharArray())).getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(encoded)
                + "\n-----END PRIVATE KEY-----\n";
    }

    private void keytool(String store, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("-keystore", folder.resolve(store).toString(), "-storepass", PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
    }
}
