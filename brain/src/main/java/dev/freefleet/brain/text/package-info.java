/** Documents to passages, sentences and entities: pure text, no I/O. */
@NullMarked
package dev.freefleet.brain.text;

import org.jspecify.annotations.NullMarked;
