/** {@code fleet users}. */
@NullMarked
package dev.freefleet.cli.users;

import org.jspecify.annotations.NullMarked;
