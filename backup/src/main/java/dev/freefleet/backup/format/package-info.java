/** The repository's objects as bytes: what is sealed, how it is laid out, how it is read back. See {@code docs/backup-format.md}. */
@NullMarked
package dev.freefleet.backup.format;

import org.jspecify.annotations.NullMarked;
