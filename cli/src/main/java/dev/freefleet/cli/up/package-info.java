/** {@code fleet up}: the composition root, where all parts meet. */
@NullMarked
package dev.freefleet.cli.up;

import org.jspecify.annotations.NullMarked;
