package dev.freefleet.cli.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What may stand at one place of the file; the whole tree is made from the paths of the table of settings. */
sealed interface Place {
    /** One setting's value. */
    record Leaf(Setting<?> setting) implements Place {}

    /** Members with these names. */
    record Section(Map<String, Place> members) implements Place {}

    /** A list of such sections. */
    record Items(Section item) implements Place {}

    /** Such sections under names of the writer's choice. */
    record Named(Section item) implements Place {}

    /** The place of the whole file. */
    static Section root() {
        Map<String, Setting<?>> byPath = new LinkedHashMap<>();
        Settings.all().forEach(setting -> byPath.put(setting.path(), setting));
        return section(byPath);
    }

    private static Section section(Map<String, Setting<?>> byPath) {
        Map<String, Map<String, Setting<?>>> groups = new LinkedHashMap<>();
        byPath.forEach((path, setting) -> {
            int dot = path.indexOf('.');
            String first = dot < 0 ? path : path.substring(0, dot);
            String rest = dot < 0 ? "" : path.substring(dot + 1);
            groups.computeIfAbsent(first, name -> new LinkedHashMap<>()).put(rest, setting);
        });
        Map<String, Place> members = new LinkedHashMap<>();
        groups.forEach((first, group) -> members.put(first.replace("[]", ""), place(first, group)));
        return new Section(members);
    }

    private static Place place(String first, Map<String, Setting<?>> group) {
        Setting<?> alone = group.get("");
        if (alone != null) {
            return new Leaf(alone);
        }
        Section section = section(group);
        if (first.endsWith("[]")) {
            return new Items(section);
        }
        return section.members().get("*") instanceof Section item ? new Named(item) : section;
    }

    /** The names of what may stand here, for messages. */
    static List<String> names(Section section) {
        return List.copyOf(section.members().keySet());
    }
}
