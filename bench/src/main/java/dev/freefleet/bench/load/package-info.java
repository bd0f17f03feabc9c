/** An origin that is no bottleneck, and clients that measure without coordinated omission. */
@NullMarked
package dev.freefleet.bench.load;

import org.jspecify.annotations.NullMarked;
