package dev.freefleet.cli.client;

/** Numbers of things. */
final class WholeNumber {
    private WholeNumber() {}

    /** @throws NumberFormatException if it is none of 1 or more */
    static long from1(String text) {
        long number = Long.parseLong(text);
        if (number < 1) {
            throw new NumberFormatException("less than 1");
        }
        return number;
    }
}
