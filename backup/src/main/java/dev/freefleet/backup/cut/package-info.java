/** Where content is cut into chunks: by content, by rows of Lance files, by members of tar streams. */
@NullMarked
package dev.freefleet.backup.cut;

import org.jspecify.annotations.NullMarked;
