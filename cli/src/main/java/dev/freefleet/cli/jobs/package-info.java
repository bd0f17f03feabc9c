/** {@code fleet jobs}. */
@NullMarked
package dev.freefleet.cli.jobs;

import org.jspecify.annotations.NullMarked;
