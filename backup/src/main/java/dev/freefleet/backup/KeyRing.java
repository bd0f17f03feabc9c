package dev.freefleet.backup;

import dev.freefleet.backup.BackupException.Reason;
import dev.freefleet.backup.format.KeySlot;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The key slots of a repository. */
final class KeyRing {
    private static final String PREFIX = "keys/";

    private final Vital vital;
    private final byte[] repository;

    KeyRing(Vital vital, byte[] repository) {
        this.vital = vital;
        this.repository = repository;
    }

    /** Returns the master key. */
    byte[] open(Unlock unlock) {
        int damaged = 0;
        int tried = 0;
        for (String name : vital.list(PREFIX).keySet()) {
            KeySlot slot;
            try {
                slot = slot(name);
            } catch (BackupException e) {
                if (ChunkReader.unavailable(e)) {
                    throw e;
                }
                damaged++;
                continue;
            }
            tried++;
            byte[] master = slot.open(unlock);
            if (master != null) {
                return master;
            }
        }
        throw new BackupException(
                Reason.WRONG_KEY,
                "None of the repository's " + tried + " key slots opens with the passphrase or key file given"
                        + (damaged > 0 ? "; " + damaged + " further slots are damaged in both copies" : "")
                        + ". Nothing was changed.");
    }

    private KeySlot slot(String name) {
        return vital.read(name, bytes -> {
            KeySlot slot = KeySlot.parse(name, bytes);
            if (!Arrays.equals(slot.repository(), repository)) {
                throw BackupException.damaged(name, "it belongs to another repository");
            }
            return slot;
        });
    }

    KeyInfo add(byte[] master, Unlock unlock, String label, KeyHardness hardness, Instant now, SecureRandom random) {
        byte[] object = KeySlot.create(master, repository, unlock, label, hardness, now, random);
        KeyInfo info = KeySlot.parse("new key slot", object).info();
        vital.put(PREFIX + info.id(), object);
        return info;
    }

    List<KeyInfo> list() {
        List<KeyInfo> all = new ArrayList<>();
        for (String name : vital.list(PREFIX).keySet()) {
            try {
                all.add(slot(name).info());
            } catch (BackupException e) {
                if (ChunkReader.unavailable(e)) {
                    throw e;
                }
                // Verify names it; a list of keys shows those that can open something.
            }
        }
        return all;
    }

    void remove(String id) {
        List<KeyInfo> all = list();
        if (all.stream().noneMatch(k -> k.id().equals(id))) {
            throw new BackupException(
                    Reason.MISSING, "There is no key slot " + id + "; list the keys to see which there are.");
        }
        if (all.size() == 1) {
            throw new BackupException(
                    Reason.REFUSED,
                    "Key slot " + id + " is the last one: without it nothing could be read. Add another first.");
        }
        vital.delete(PREFIX + id);
    }
}
