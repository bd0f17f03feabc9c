/** {@code fleet backup}: backups, restores and what belongs to them; none of it needs a fleet that runs, or a database. */
@NullMarked
package dev.freefleet.cli.backup;

import org.jspecify.annotations.NullMarked;
