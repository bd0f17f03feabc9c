@NullMarked
package dev.freefleet.admin;

import org.jspecify.annotations.NullMarked;
