/** The jobs that keep the data plane in order. */
@NullMarked
package dev.freefleet.data.upkeep;

import org.jspecify.annotations.NullMarked;
