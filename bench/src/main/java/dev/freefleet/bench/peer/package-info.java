/** The proxies that are measured beside one another: how each is configured, started, looked at and stopped. */
@NullMarked
package dev.freefleet.bench.peer;

import org.jspecify.annotations.NullMarked;
