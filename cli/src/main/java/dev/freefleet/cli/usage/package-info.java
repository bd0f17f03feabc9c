/** {@code fleet usage}. */
@NullMarked
package dev.freefleet.cli.usage;

import org.jspecify.annotations.NullMarked;
