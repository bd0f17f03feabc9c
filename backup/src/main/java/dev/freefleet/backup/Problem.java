package dev.freefleet.backup;

/**
 * Something that went wrong without ending the work.
 *
 * @param where the file or object concerned
 * @param what what is wrong with it, and what follows from that
 */
public record Problem(String where, String what) {}
