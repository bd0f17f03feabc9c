/** {@code fleet brain}: the reference Brain alone. */
@NullMarked
package dev.freefleet.cli.brain;

import org.jspecify.annotations.NullMarked;
