/** {@code fleet keys}. */
@NullMarked
package dev.freefleet.cli.keys;

import org.jspecify.annotations.NullMarked;
