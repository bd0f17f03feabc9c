package dev.freefleet.cli.up;

import dev.freefleet.cli.datadir.DataDirectory;
import dev.freefleet.gateway.KeyRing;
import java.util.Set;

/** The signing secrets of a running fleet: in the data directory's files, and in the ring that the gateway checks keys by. */
final class SigningSecrets implements dev.freefleet.admin.Secrets {
    private final DataDirectory directory;
    private final KeyRing ring;

    SigningSecrets(DataDirectory directory, KeyRing ring) {
        this.directory = directory;
        this.ring = ring;
    }

    @Override
    public Set<Integer> versions() {
        return ring.versions();
    }

    @Override
    public int current() {
        return ring.currentVersion();
    }

    /** The file first: a secret that the next start would not have must sign nothing. */
    @Override
    public synchronized int rotate() {
        directory.secrets().addSigning();
        ring.replace(directory.secrets().signing());
        return ring.currentVersion();
    }

    @Override
    public synchronized void retire(int version) {
        if (!ring.versions().contains(version)) {
            throw new IllegalStateException(
                    "There is no signing secret " + version + "; list the secrets to see them.");
        }
        if (version == ring.currentVersion()) {
            throw new IllegalStateException("The signing secret " + version
                    + " is the one that new keys are signed with; rotate the secrets first.");
        }
        directory.secrets().removeSigning(version);
        ring.replace(directory.secrets().signing());
    }
}
