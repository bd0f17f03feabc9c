package dev.freefleet.cli.client;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A key's id on the command line, 1 or more. What is none is not quoted: it may be the key. */
public final class KeyId implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
        try {
            return WholeNumber.from1(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("a key's id is a whole number from 1, as keys list shows it");
        }
    }
}
