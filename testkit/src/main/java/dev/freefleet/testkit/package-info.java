@NullMarked
package dev.freefleet.testkit;

import org.jspecify.annotations.NullMarked;
