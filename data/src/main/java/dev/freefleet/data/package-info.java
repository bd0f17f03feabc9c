/** The data plane: PostgreSQL, embedded or by URL, with the fleet's users, keys and usage. */
@NullMarked
package dev.freefleet.data;

import org.jspecify.annotations.NullMarked;
