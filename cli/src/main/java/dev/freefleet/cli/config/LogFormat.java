package dev.freefleet.cli.config;

/** How log lines look. */
public enum LogFormat {
    /** Lines for people. */
    TEXT,
    /** A JSON object a line. */
    JSON
}
