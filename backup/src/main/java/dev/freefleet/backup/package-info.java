@NullMarked
package dev.freefleet.backup;

import org.jspecify.annotations.NullMarked;
