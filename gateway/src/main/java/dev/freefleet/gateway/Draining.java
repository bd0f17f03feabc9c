package dev.freefleet.gateway;

/** Told to every connection when the gateway begins to close: what is idle ends now. */
enum Draining {
    NOW
}
