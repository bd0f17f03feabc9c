package dev.freefleet.cli.backup;

import dev.freefleet.cli.config.BackupConfig;
import java.util.ArrayList;
import java.util.List;

/** The two places that a fleet's backups have. */
enum StoreName {
    LOCAL("local"),
    OFF_SITE("off-site");

    private final String label;

    StoreName(String label) {
        this.label = label;
    }

    /** As it is written in options, history and metrics. */
    String label() {
        return label;
    }

    /** The stores that are configured; the first is the one that backups go to. */
    static List<StoreName> configured(BackupConfig config) {
        List<StoreName> names = new ArrayList<>();
        if (config.local() != null) {
            names.add(LOCAL);
        }
        if (config.offSite() != null) {
            names.add(OFF_SITE);
        }
        return names;
    }

    /** @throws IllegalArgumentException if none is called so */
    static StoreName of(String written) {
        for (StoreName name : values()) {
            if (name.label.equals(written)) {
                return name;
            }
        }
        throw new IllegalArgumentException(written);
    }
}
