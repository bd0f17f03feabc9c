/** The configuration: one table of settings, read from a file, the environment and flags, and checked as a whole. */
@NullMarked
package dev.freefleet.cli.config;

import org.jspecify.annotations.NullMarked;
