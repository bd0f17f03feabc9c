/**
 * The fleet's side of edges that run elsewhere, such as the Worker at Cloudflare: what they are told
 * ({@link dev.freefleet.edgesync.FleetEdges}), what they tell, and what is kept for them in Workers KV
 * ({@link dev.freefleet.edgesync.KvKeeper}). The contract stands in {@code docs/edge-protocol.md}.
 */
@NullMarked
package dev.freefleet.edgesync;

import org.jspecify.annotations.NullMarked;
