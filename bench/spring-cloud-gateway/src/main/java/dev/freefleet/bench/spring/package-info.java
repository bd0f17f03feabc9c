/** Spring Cloud Gateway as a peer to measure beside. */

package dev.freefleet.bench.spring;

