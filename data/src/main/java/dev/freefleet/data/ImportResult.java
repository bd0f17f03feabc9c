package dev.freefleet.data;

import java.util.List;

/**
 * What became of an import: with no problems all keys are there, or would be; with any problem nothing was changed.
 *
 * @param keys how many keys the import has
 * @param newUsers the names of the users that it makes
 * @param problems in the order of the keys
 */
public record ImportResult(int keys, List<String> newUsers, List<Problem> problems) {
    /**
     * Why a key cannot be taken.
     *
     * @param index of the key in the import, from 0
     * @param detail a sentence
     */
    public record Problem(int index, String detail) {}

    public ImportResult {
        newUsers = List.copyOf(newUsers);
        problems = List.copyOf(problems);
    }
}
