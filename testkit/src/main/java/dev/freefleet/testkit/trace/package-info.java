/** A synthetic day of questions to a Brain: who asks what, when, and in which spelling. Needs nothing but the JDK. */
@NullMarked
package dev.freefleet.testkit.trace;

import org.jspecify.annotations.NullMarked;
