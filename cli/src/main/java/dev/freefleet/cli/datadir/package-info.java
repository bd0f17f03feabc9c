/** The data directory: who may use it, what lies where, and how secrets are kept. */
@NullMarked
package dev.freefleet.cli.datadir;

import org.jspecify.annotations.NullMarked;
