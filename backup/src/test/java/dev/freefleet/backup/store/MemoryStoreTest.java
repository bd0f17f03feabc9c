package dev.freefleet.backup.store;

import java.time.Clock;

class MemoryStoreTest extends ObjectStoreContract {
    @Override
    ObjectStore create() {
        return new MemoryStore(Clock.systemUTC());
    }
}
