@NullMarked
package dev.freefleet.brain;

import org.jspecify.annotations.NullMarked;
