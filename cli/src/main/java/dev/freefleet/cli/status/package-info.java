/** {@code fleet status}. */
@NullMarked
package dev.freefleet.cli.status;

import org.jspecify.annotations.NullMarked;
