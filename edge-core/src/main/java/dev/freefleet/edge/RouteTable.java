package dev.freefleet.edge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the route of a canonical path: the first whose template matches. */
final class RouteTable {
    private final List<Entry> entries = new ArrayList<>();

    /** What a path leads to. */
    sealed interface Match {
        /** This route. */
        record Found(Route route) implements Match {}

        /** No route. */
        record Unknown() implements Match {}

        /** A path that some server would read as another one: with path parameters (";"). */
        record Ambiguous() implements Match {}
    }

    private record Entry(Route route, List<String> template, boolean open) {}

    /**
     * A table of these routes, in order.
     *
     * @throws IllegalArgumentException if a template or a name cannot be used; the message names the route
     */
    RouteTable(List<Route> routes) {
        Set<String> names = new HashSet<>();
        for (Route route : routes) {
            if (!names.add(route.name())) {
                throw new IllegalArgumentException("two routes are named " + route.name());
            }
            List<String> template = segments(route.path());
            boolean open = template.getLast().equals("**");
            check(route, template);
            entries.add(new Entry(
                    route, open ? List.copyOf(template.subList(0, template.size() - 1)) : template, open));
        }
    }

    Match match(String path) {
        List<String> segments = segments(path);
        boolean ambiguous = false;
        for (Entry entry : entries) {
            int size = entry.template.size();
            boolean fits = entry.open ? segments.size() >= size : segments.size() == size;
            if (fits && matches(entry.template, segments)) {
                for (int i = 0; i < size; i++) {
                    ambiguous |= hasParameters(segments.get(i));
                }
                return ambiguous ? new Match.Ambiguous() : new Match.Found(entry.route);
            }
        }
        for (String segment : segments) {
            ambiguous |= hasParameters(segment);
        }
        return ambiguous ? new Match.Ambiguous() : new Match.Unknown();
    }

    /** What a 405 or an OPTIONS tells, in alphabetical order. */
    static String allow(Route route) {
        Set<String> methods = new TreeSet<>(route.methods());
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return String.join(", ", methods);
    }

    private static boolean matches(List<String> template, List<String> segments) {
        for (int i = 0; i < template.size(); i++) {
            String want = template.get(i);
            String segment = segments.get(i);
            boolean same = want.startsWith("{") ? !segment.isEmpty() : want.equals(segment);
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasParameters(String segment) {
        return segment.indexOf(';') >= 0 || segment.contains("%3B");
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        int start = 1;
        for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', start)) {
            segments.add(path.substring(start, slash));
            start = slash + 1;
        }
        segments.add(path.substring(start));
        return segments;
    }

    private static void check(Route route, List<String> template) {
        String where = "route " + route.name() + ": path " + route.path();
        if (!route.path().startsWith("/")) {
            throw new IllegalArgumentException(where + " must begin with \"/\"");
        }
        for (int i = 0; i < template.size(); i++) {
            String segment = template.get(i);
            boolean last = i == template.size() - 1;
            if ((segment.equals("**") && last) || isName(segment)) {
                continue;
            }
            boolean literal = Target.parse("/" + segment) instanceof Target.Canonical canonical
                    && canonical.path().equals("/" + segment)
                    && canonical.query() == null;
            if (!literal || segment.indexOf('*') >= 0 || hasParameters(segment) || (segment.isEmpty() && !last)) {
                throw new IllegalArgumentException(where
                        + " must be made of literal segments in canonical form, {name} for one segment and a final **,"
                        + " but has \"" + segment + "\"");
            }
        }
    }

    private static boolean isName(String segment) {
        return segment.length() > 2
                && segment.startsWith("{")
                && segment.endsWith("}")
                && Ascii.isToken(segment.substring(1, segment.length() - 1));
    }
}
