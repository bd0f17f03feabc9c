/** {@code fleet database}. */
@NullMarked
package dev.freefleet.cli.database;

import org.jspecify.annotations.NullMarked;
