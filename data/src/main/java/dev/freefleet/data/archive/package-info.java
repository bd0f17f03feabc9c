/** Usage's detail when it is old: Parquet in an object store, read with the live rows as one. */
@NullMarked
package dev.freefleet.data.archive;

import org.jspecify.annotations.NullMarked;
