package dev.freefleet.cli.keys;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.freefleet.cli.client.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;

/**
 * A file of keys that were made elsewhere: CSV with a line of headings (RFC 4180), or a JSON object on each line. No
 * message about it quotes what stands in it, which may be a key.
 */
final class ImportFile {
    private static final long MAX_BYTES = 8L << 20;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final List<Written> written = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private final List<Wrong> wrong = new ArrayList<>();

    /** One key as the admin port takes it, and the line that it begins on. */
    record Row(long line, ObjectNode key) {}

    /** What is wrong with a line. */
    record Wrong(long line, String detail) {}

    /** A line as it stands in the file. */
    private record Written(long line, ObjectNode key) {}

    /**
     * Reads a file.
     *
     * @param namesLikeKeys whether names are taken that look like keys but are none of the file's
     * @throws CommandException if it cannot be read at all
     */
    static ImportFile read(Path path, boolean namesLikeKeys) {
        String text = text(path);
        ImportFile file = new ImportFile();
        if (text.stripLeading().startsWith("{")) {
            file.readLines(text);
        } else {
            file.readTable(text);
        }
        file.judge(namesLikeKeys);
        return file;
    }

    List<Row> rows() {
        return rows;
    }

    List<Wrong> wrong() {
        return wrong;
    }

    private static String text(Path path) {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw CommandException.wrongUsage(path + " is longer than 8 MiB; split it.");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw CommandException.wrongUsage(path + " is not UTF-8.");
        } catch (IOException e) {
            throw CommandException.wrongUsage(
                    path + (Files.exists(path) ? " cannot be read." : " does not exist; name a file of keys."));
        }
    }

    private void readLines(String text) {
        long number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (!line.isBlank()) {
                readLine(number, line);
            }
        }
    }

    private void readLine(long number, String line) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode key) {
                written.add(new Written(number, key));
            } else {
                wrong.add(new Wrong(number, "is not a JSON object"));
            }
        } catch (JsonProcessingException e) {
            wrong.add(new Wrong(number, "is not a JSON object with distinct members"));
        }
    }

    private void readTable(String text) {
        long line = 1;
        try (CsvReader<CsvRecord> table = CsvReader.builder()
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .ofCsvRecord(text)) {
            List<String> headings = List.of();
            for (CsvRecord record : table) {
                line = record.getStartingLineNumber();
                if (headings.isEmpty()) {
                    headings = headings(record);
                } else if (record.getFieldCount() != headings.size()) {
                    wrong.add(new Wrong(
                            line,
                            "has " + record.getFieldCount() + " fields, but there are " + headings.size()
                                    + " headings"));
                } else {
                    written.add(new Written(line, object(headings, record)));
                }
            }
            if (headings.isEmpty()) {
                wrong.add(new Wrong(1, "nothing is there; write a line of headings and a line for each key"));
            } else if (written.isEmpty() && wrong.isEmpty()) {
                wrong.add(new Wrong(line, "no key is there; write a line for each below the headings"));
            }
        } catch (CsvParseException e) {
            wrong.add(new Wrong(line, "what comes after the beginning of this line is not CSV; check the quotes"));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private List<String> headings(CsvRecord record) {
        List<String> headings = record.getFields().stream().map(String::strip).toList();
        if (!ImportedKey.MEMBERS.containsAll(headings) || new HashSet<>(headings).size() != headings.size()) {
            throw CommandException.wrongUsage("The first line must be headings, each once, of "
                    + String.join(", ", new TreeSet<>(ImportedKey.MEMBERS)) + ".");
        }
        return headings;
    }

    private static ObjectNode object(List<String> headings, CsvRecord record) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < headings.size(); i++) {
            String field = record.getField(i).strip();
            if (!field.isEmpty()) {
                object.set(headings.get(i), ImportedKey.fromText(headings.get(i), field));
            }
        }
        return object;
    }

    /** When all lines are read, since one may have in its other columns what is the key of another. */
    private void judge(boolean namesLikeKeys) {
        MisplacedKeys keys =
                new MisplacedKeys(written.stream().map(Written::key).toList(), namesLikeKeys);
        for (Written one : written) {
            try {
                keys.refuse(one.key());
                rows.add(new Row(one.line(), ImportedKey.digested(one.key())));
            } catch (IllegalArgumentException e) {
                wrong.add(new Wrong(one.line(), String.valueOf(e.getMessage())));
            }
        }
        wrong.sort(Comparator.comparingLong(Wrong::line));
    }

    /** What a node says, for the type checker: a member that is null is not there. */
    static boolean isSaid(JsonNode node) {
        return !node.isMissingNode() && !node.isNull();
    }
}
