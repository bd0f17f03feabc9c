@NullMarked
package dev.freefleet.gateway;

import org.jspecify.annotations.NullMarked;
