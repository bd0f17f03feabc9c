/** Where objects are kept: the port and the stores behind it. */
@NullMarked
package dev.freefleet.backup.store;

import org.jspecify.annotations.NullMarked;
