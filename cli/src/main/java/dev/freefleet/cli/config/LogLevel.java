package dev.freefleet.cli.config;

/** How grave a message must be to be logged. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
