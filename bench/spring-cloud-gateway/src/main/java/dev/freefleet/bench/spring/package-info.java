/** Spring Cloud Gateway as a peer to measure beside. */
@NullMarked
package dev.freefleet.bench.spring;

import org.jspecify.annotations.NullMarked;
