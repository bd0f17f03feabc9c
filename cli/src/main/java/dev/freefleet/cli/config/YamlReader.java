package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueReader.Piece;
import dev.freefleet.cli.config.Values.Item;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads a YAML 1.2 file against the tree of places, and notes every problem with its line. */
final class YamlReader {
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final Path base;
    private final String name;
    private final Values values;
    private final ValueReader reader;

    YamlReader(Path file, Values values) {
        this.file = file;
        this.base = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file.toAbsolutePath());
        this.name = String.valueOf(file.getFileName());
        this.values = values;
        this.reader = new ValueReader(values);
    }

    void read() {
        String text = text();
        if (text == null) {
            return;
        }
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(name).build();
            Node root = new Compose(settings).composeString(text).orElse(null);
            if (root != null && !isNull(root)) {
                section("", Place.root(), root);
            }
        } catch (MarkedYamlEngineException e) {
            int line =
                    e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(-1) + 1;
            values.problem(new Source.File(name, line), "", "is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            whole("is not YAML: " + e.getMessage());
        }
    }

    private @Nullable String text() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                return whole("is longer than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return whole("does not exist (" + file + "); correct --config or FLEET_CONFIG");
        } catch (CharacterCodingException e) {
            return whole("is not UTF-8 text");
        } catch (IOException e) {
            return whole("cannot be read: " + e.getMessage());
        }
    }

    private @Nullable String whole(String message) {
        values.problem(new Source.File(name, 0), "", message);
        return null;
    }

    private void place(String path, Place place, Node node) {
        switch (place) {
            case Place.Leaf leaf -> leaf(path, leaf.setting(), node);
            case Place.Section section -> section(path, section, node);
            case Place.Items list -> items(path, list, node);
            case Place.Named named -> named(path, named, node);
        }
    }

    private void section(String path, Place.Section section, Node node) {
        members(path, node).forEach((member, written) -> {
            Place place = section.members().get(member);
            String full = path.isEmpty() ? member : path + "." + member;
            if (place != null) {
                place(full, place, written.getValueNode());
                return;
            }
            String nearest = Nearest.of(member, section.members().keySet());
            String known = String.join(", ", Place.names(section));
            values.problem(
                    source(written.getKeyNode()),
                    full,
                    nearest != null
                            ? "is not a setting; did you mean " + nearest + "?"
                            : "is not a setting; here may stand " + known);
        });
    }

    private void items(String path, Place.Items list, Node node) {
        if (!(node instanceof SequenceNode sequence)) {
            values.problem(source(node), path, "must be a list");
            return;
        }
        values.openItems(path);
        List<Node> elements = sequence.getValue();
        IntStream.range(0, Math.min(elements.size(), ValueType.ListOf.MAX_ELEMENTS))
                .forEach(i -> {
                    item(
                            path,
                            new Item(path + "[" + i + "]", "", source(elements.get(i))),
                            list.item(),
                            elements.get(i));
                });
        if (elements.size() > ValueType.ListOf.MAX_ELEMENTS) {
            values.problem(source(node), path, "has more than " + ValueType.ListOf.MAX_ELEMENTS + " elements");
        }
    }

    private void named(String path, Place.Named named, Node node) {
        values.openItems(path);
        members(path, node).forEach((member, written) -> {
            Item item = new Item(path + "." + member, member, source(written.getKeyNode()));
            item(path, item, named.item(), written.getValueNode());
        });
    }

    private void item(String path, Item item, Place.Section section, Node node) {
        values.addItem(path, item);
        section(item.prefix(), section, node);
    }

    private void leaf(String path, Setting<?> setting, Node node) {
        boolean list = setting.type() instanceof ValueType.ListOf;
        Node wrong = list ? wrongList(node) : node instanceof ScalarNode && !isNull(node) ? null : node;
        if (wrong == null) {
            List<Node> nodes = node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node);
            List<Piece> pieces = nodes.stream().map(this::piece).toList();
            reader.read(path, setting, pieces, source(node), base);
        } else if (isNull(wrong)) {
            values.problem(source(wrong), path, "has no value; write one (" + writing(setting) + ") or leave it out");
        } else {
            String shape = list ? "must be a list of values" : "must be one value";
            values.problem(source(wrong), path, shape + " (" + writing(setting) + ")");
        }
    }

    /** What keeps this node from being a list of scalars, or null. */
    private static @Nullable Node wrongList(Node node) {
        if (!(node instanceof SequenceNode sequence)) {
            return node;
        }
        return sequence.getValue().stream()
                .filter(element -> !(element instanceof ScalarNode) || isNull(element))
                .findFirst()
                .orElse(null);
    }

    private static String writing(Setting<?> setting) {
        return setting.type().name() + ", " + setting.type().writing();
    }

    private Piece piece(Node node) {
        return new Piece(((ScalarNode) node).getValue(), source(node));
    }

    /** The members of a mapping by name; what is no mapping, no name or a name for the second time is a problem. */
    private Map<String, NodeTuple> members(String path, Node node) {
        Map<String, NodeTuple> members = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            values.problem(source(node), path, "must be a section of \"name: value\" lines");
            return members;
        }
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                values.problem(source(tuple.getKeyNode()), path, "has a name that is not a text");
                continue;
            }
            Integer first = lines.putIfAbsent(key.getValue(), line(key));
            if (first == null) {
                members.put(key.getValue(), tuple);
            } else {
                String full = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
                values.problem(source(key), full, "stands a second time; the first is in line " + first);
            }
        }
        return members;
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private Source source(Node node) {
        return new Source.File(name, line(node));
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }
}
