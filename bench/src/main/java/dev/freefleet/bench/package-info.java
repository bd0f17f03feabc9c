/** Side-by-side benchmarks: one command, every peer in the same run. */
@NullMarked
package dev.freefleet.bench;

import org.jspecify.annotations.NullMarked;
