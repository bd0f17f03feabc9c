/** {@code fleet audit}. */
@NullMarked
package dev.freefleet.cli.audit;

import org.jspecify.annotations.NullMarked;
