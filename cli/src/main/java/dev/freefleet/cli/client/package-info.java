/** What commands share: finding a running fleet, asking it, and showing what it said. */
@NullMarked
package dev.freefleet.cli.client;

import org.jspecify.annotations.NullMarked;
