@NullMarked
package dev.freefleet.data;

import org.jspecify.annotations.NullMarked;
