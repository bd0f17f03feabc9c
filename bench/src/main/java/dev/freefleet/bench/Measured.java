package dev.freefleet.bench;

import java.util.Map;

/** The figures of one peer in one scenario and round, by name: {@code rps}, {@code cpuMicros}, {@code p50} and so on. */
record Measured(String peer, String scenario, int round, Map<String, Double> figures) {}
