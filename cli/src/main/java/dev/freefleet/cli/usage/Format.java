package dev.freefleet.cli.usage;

/** How rows are written. */
enum Format {
    TABLE,
    JSON,
    CSV
}
