package dev.freefleet.cli.client;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A user's number on the command line, 1 or more. */
public final class UserNumber implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return WholeNumber.from1(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("a user's number is a whole number from 1, as audit list shows it");
        }
    }
}
