/** What is logged, and how. */
@NullMarked
package dev.freefleet.cli.logging;

import org.jspecify.annotations.NullMarked;
