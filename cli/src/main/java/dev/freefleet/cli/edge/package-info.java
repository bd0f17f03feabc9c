/** The commands for the Worker at Cloudflare: they run a pinned Wrangler with a Node of its own. */
@NullMarked
package dev.freefleet.cli.edge;

import org.jspecify.annotations.NullMarked;
