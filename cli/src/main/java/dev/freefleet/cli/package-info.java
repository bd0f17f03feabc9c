@NullMarked
package dev.freefleet.cli;

import org.jspecify.annotations.NullMarked;
