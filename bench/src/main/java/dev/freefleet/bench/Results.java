package dev.freefleet.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** All that a run measured, round by round, and the medians over the rounds. */
final class Results {
    private final List<Measured> all = new ArrayList<>();

    void add(Measured measured) {
        all.add(measured);
    }

    /** The median over the rounds; nothing where the peer has no such figure. */
    OptionalDouble median(String peer, String scenario, String figure) {
        double[] values = all.stream()
                .filter(measured ->
                        measured.peer().equals(peer) && measured.scenario().equals(scenario))
                .map(Measured::figures)
                .filter(figures -> figures.containsKey(figure))
                .mapToDouble(figures -> figures.get(figure))
                .toArray();
        return median(values);
    }

    /** The median over the rounds of the ratio of two peers in one round; nothing where a round has not both. */
    OptionalDouble medianRatio(String peer, String base, String scenario, String figure) {
        double[] ratios = all.stream()
                .filter(measured -> measured.scenario().equals(scenario)
                        && measured.peer().equals(peer)
                        && measured.figures().containsKey(figure))
                .flatMapToDouble(measured -> all.stream()
                        .filter(other -> other.scenario().equals(scenario)
                                && other.peer().equals(base)
                                && other.round() == measured.round())
                        .mapToDouble(other -> of(measured, figure) / of(other, figure)))
                .toArray();
        return median(ratios);
    }

    /** The largest of this figure; 0 where nobody has it. */
    double largest(String figure) {
        return all.stream()
                .map(measured -> measured.figures().getOrDefault(figure, 0.0))
                .max(Comparator.naturalOrder())
                .orElse(0.0);
    }

    void write(Path file, Clock clock, Map<String, Object> settings) throws IOException {
        var document = new LinkedHashMap<String, Object>();
        document.put("at", clock.instant().toString());
        document.put("settings", settings);
        document.put("measured", all);
        Files.createDirectories(file.toAbsolutePath().getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), document);
    }

    private static double of(Measured measured, String figure) {
        return measured.figures().getOrDefault(figure, Double.NaN);
    }

    private static OptionalDouble median(double[] values) {
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        Arrays.sort(values);
        int middle = values.length / 2;
        return OptionalDouble.of(values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    }
}
