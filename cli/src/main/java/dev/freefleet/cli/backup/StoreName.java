package dev.freefleet.cli.backup;

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
