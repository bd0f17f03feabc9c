/**
 * The edge as a Cloudflare Worker: performs the steps of the edge core with what the Workers runtime offers. Compiled to
 * JavaScript by TeaVM; {@link dev.freefleet.worker.Main} is what the module exports.
 */
@org.jspecify.annotations.NullMarked
package dev.freefleet.worker;
