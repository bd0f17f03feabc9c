package dev.freefleet.cli.config;

import java.util.Objects;

/** Where a value was written. Its text stands before problems and in {@code config print}. */
public sealed interface Source {
    /** Nowhere: the setting has its default. */
    record Standard() implements Source {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** In the configuration file; lines count from 1, and 0 is the file as a whole. */
    record File(String name, int line) implements Source {
        public File {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String toString() {
            return line == 0 ? name : name + ":" + line;
        }
    }

    /** In this environment variable. */
    record Environment(String variable) implements Source {
        public Environment {
            Objects.requireNonNull(variable, "variable");
        }

        @Override
        public String toString() {
            return variable;
        }
    }

    /** In this flag of the command. */
    record Flag(String name) implements Source {
        public Flag {
            Objects.requireNonNull(name, "name");
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
