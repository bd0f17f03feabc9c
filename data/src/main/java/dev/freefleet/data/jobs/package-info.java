/** Work that recurs: when, by whom, never twice at once, and what became of it. */
@NullMarked
package dev.freefleet.data.jobs;

import org.jspecify.annotations.NullMarked;
