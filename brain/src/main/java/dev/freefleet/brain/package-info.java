/**
 * The reference Brain: {@link dev.freefleet.brain.Brain} ingests folders of documents into a Lucene index with vectors of
 * a small sentence model, answers questions from it and hands out snapshots of it.
 */
@NullMarked
package dev.freefleet.brain;

import org.jspecify.annotations.NullMarked;
