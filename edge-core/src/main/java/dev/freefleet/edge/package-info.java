@NullMarked
package dev.freefleet.edge;

import org.jspecify.annotations.NullMarked;
