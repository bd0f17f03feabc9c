/** A trace played through a cache, against a Brain whose answers can be told right from wrong. */
@NullMarked
package dev.freefleet.bench.replay;

import org.jspecify.annotations.NullMarked;
