package dev.freefleet.cli.config;

import dev.freefleet.gateway.CertifiedKey;
import dev.freefleet.gateway.GatewayException;
import java.nio.file.Path;
import java.util.List;

/** What can be wrong with the settings of TLS between themselves, and with the files that they name. */
final class TlsCheck {
    private final Values values;

    TlsCheck(Values values) {
        this.values = values;
    }

    void check() {
        Path certificate = values.find(Settings.TLS_CERT);
        Path key = values.find(Settings.TLS_KEY);
        if (values.get(Settings.TLS_SELF_SIGNED) && (certificate != null || key != null)) {
            problem(
                    Settings.TLS_SELF_SIGNED,
                    "is for a certificate of the fleet's own, but tls.cert or tls.key names another; remove one of them");
        } else if (certificate != null && key != null) {
            read(certificate, key);
        } else if (certificate != null) {
            problem(Settings.TLS_CERT, "wants its private key too; name its file in tls.key");
        } else if (key != null) {
            problem(Settings.TLS_KEY, "wants its certificate too; name its file in tls.cert");
        } else if (!values.get(Settings.TLS_SELF_SIGNED)) {
            checkUnused();
        }
    }

    private void read(Path certificate, Path key) {
        try {
            CertifiedKey.readChain(certificate);
        } catch (GatewayException bad) {
            problem(Settings.TLS_CERT, String.valueOf(bad.getMessage()));
            return;
        }
        try {
            CertifiedKey.read(certificate, key);
        } catch (GatewayException bad) {
            problem(Settings.TLS_KEY, String.valueOf(bad.getMessage()));
        }
    }

    /** A proxy before the gateway may speak TLS for it, so that HSTS alone makes sense. */
    private void checkUnused() {
        boolean proxied = values.find(Settings.TRUSTED_PROXIES) != null;
        for (Setting<?> setting :
                List.of(Settings.TLS_HANDSHAKE_TIME, Settings.TLS_HANDSHAKES, Settings.TLS_RELOAD, Settings.TLS_HSTS)) {
            boolean written = !(values.source(setting) instanceof Source.Standard);
            if (written && !(proxied && setting.equals(Settings.TLS_HSTS))) {
                problem(setting, "is for TLS, which is off; name tls.cert and tls.key, or set tls.self-signed");
            }
        }
    }

    private void problem(Setting<?> setting, String message) {
        values.problem(values.source(setting), setting.path(), message);
    }
}
