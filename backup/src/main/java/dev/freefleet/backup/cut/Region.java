package dev.freefleet.backup.cut;

/**
 * A part of a file and the way in which it is cut.
 *
 * @param offset of its first byte
 * @param length in bytes, 1..
 * @param width 0 for cutting by content; else the length of a row, after each of which there is a cut
 * @param float32 whether it holds float32 values, aligned to 4 bytes from its beginning
 */
public record Region(long offset, long length, int width, boolean float32) {}
