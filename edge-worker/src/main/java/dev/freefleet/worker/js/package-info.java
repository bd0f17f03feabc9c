/** What the Worker uses of the Workers runtime, as types; each method is one call of the runtime. */
@org.jspecify.annotations.NullMarked
package dev.freefleet.worker.js;
