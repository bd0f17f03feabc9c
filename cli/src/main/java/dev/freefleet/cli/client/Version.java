package dev.freefleet.cli.client;

import java.util.Objects;

/** The fleet's version, from the jar's manifest. */
public final class Version {
    /** "development" where the classes do not lie in a jar. */
    public static final String CURRENT =
            Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");

    private Version() {}
}
