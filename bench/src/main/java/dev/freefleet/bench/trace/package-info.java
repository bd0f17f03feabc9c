/** A synthetic day of questions to a Brain: who asks what, when, and in which spelling. Needs nothing but the JDK. */
@NullMarked
package dev.freefleet.bench.trace;

import org.jspecify.annotations.NullMarked;
