/** {@code fleet cache ...}: look at the stored answers, and purge them. */
@NullMarked
package dev.freefleet.cli.cache;

import org.jspecify.annotations.NullMarked;
