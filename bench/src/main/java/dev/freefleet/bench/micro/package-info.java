/** JMH benchmarks of the edge core's hot pieces: the decisions alone, without sockets. */
@NullMarked
package dev.freefleet.bench.micro;

import org.jspecify.annotations.NullMarked;
