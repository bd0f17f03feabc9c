package dev.freefleet.cli.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All values that were given, by their full path, and the problems met while reading them. Later ones override. */
final class Values {
    /** A value and where it came from. */
    record Given<T>(Setting<T> setting, T value, Source source) {}

    /** One element of a list of sections, or one named section: {@code routes[2]}, {@code plans.gold}. */
    record Item(String prefix, String name, Source source) {}

    private final Map<String, Given<?>> given = new LinkedHashMap<>();
    private final Map<String, List<Item>> items = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    void problem(Source source, String path, String message) {
        problems.add(new Problem(source, path, message));
    }

    List<Problem> problems() {
        return problems;
    }

    <T> void put(String path, Setting<T> setting, T value, Source source) {
        given.put(path, new Given<>(setting, value, source));
    }

    void remove(Setting<?> setting) {
        given.remove(setting.path());
    }

    /** Says that this list or map of sections is there, even where it is empty. */
    void openItems(String path) {
        items.put(path, new ArrayList<>());
    }

    void addItem(String path, Item item) {
        items.computeIfAbsent(path, name -> new ArrayList<>()).add(item);
    }

    /** The sections of this list or map, or null where the writer gave none. */
    @Nullable
    List<Item> items(String path) {
        return items.get(path);
    }

    Source source(Setting<?> setting) {
        return source(setting.path());
    }

    Source source(Item item, Setting<?> setting) {
        return source(pathIn(item, setting));
    }

    private Source source(String path) {
        Given<?> value = given.get(path);
        return value == null ? new Source.Standard() : value.source();
    }

    /** The value given for this setting, else its default, else null. */
    <T> @Nullable T find(Setting<T> setting) {
        return find(setting.path(), setting);
    }

    /** The value of a setting that has a default. */
    <T> T get(Setting<T> setting) {
        return require(find(setting), setting);
    }

    <T> @Nullable T find(Item item, Setting<T> setting) {
        return find(pathIn(item, setting), setting);
    }

    <T> T get(Item item, Setting<T> setting) {
        return require(find(item, setting), setting);
    }

    /** Whether a value was given, right or wrong, or the file has a problem with it. */
    boolean isWritten(Item item, Setting<?> setting) {
        String path = pathIn(item, setting);
        return given.containsKey(path)
                || problems.stream().anyMatch(problem -> problem.path().startsWith(path));
    }

    /** The default of a setting that has one. */
    static <T> T standardOf(Setting<T> setting) {
        return require(standard(setting), setting);
    }

    static String pathIn(Item item, Setting<?> setting) {
        String path = setting.path();
        int marker = path.contains("[]") ? path.indexOf("[]") + 2 : path.indexOf('*') + 1;
        return item.prefix() + path.substring(marker);
    }

    // A path is only ever given a value by its own setting's type.
    @SuppressWarnings("unchecked")
    private <T> @Nullable T find(String path, Setting<T> setting) {
        Given<?> value = given.get(path);
        return value != null ? (T) value.value() : standard(setting);
    }

    private static <T> @Nullable T standard(Setting<T> setting) {
        List<String> texts = setting.standard();
        return texts == null ? null : ValueReader.parse(setting.type(), texts);
    }

    private static <T> T require(@Nullable T value, Setting<T> setting) {
        if (value == null) {
            throw new IllegalStateException(setting.path() + " has neither a value nor a default");
        }
        return value;
    }
}
