import dev.freefleet.brain.Brain;
import dev.freefleet.brain.BrainConfig;
import dev.freefleet.brain.IngestListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;

/**
 * Brings a reference Brain's directory to its next state: Brains DIRECTORY day-N|compaction DOCUMENTS TEXT. The documents lie beside it, and
 * are put together from the words of the text. Each day after the first, one in 200 changes and as many are added; a compaction merges the
 * index into one segment.
 */
class Brains {
    private static final int PARAGRAPHS = 4;

    private final Path documents;
    private final int count;
    private final List<String> words;

    private Brains(Path documents, int count, List<String> words) {
        this.documents = documents;
        this.count = count;
        this.words = words;
    }

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        if (args[1].equals("compaction")) {
            merge(directory.resolve("index"));
            return;
        }
        Brains brains = new Brains(directory.resolveSibling("documents"), Integer.parseInt(args[2]), words(args[3]));
        brains.day(Integer.parseInt(args[1].substring("day-".length())));
        try (Brain brain = Brain.open(BrainConfig.in(directory), Clock.systemUTC())) {
            brain.ingest(List.of(brains.documents), IngestListener.SILENT);
        }
    }

    private static List<String> words(String text) throws IOException {
        return Pattern.compile("[a-z]{2,}")
                .matcher(Files.readString(Path.of(text)))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    private static void merge(Path index) throws IOException {
        try (FSDirectory files = FSDirectory.open(index);
                IndexWriter writer = new IndexWriter(files, new IndexWriterConfig())) {
            writer.setLiveCommitData(writer.getLiveCommitData());
            writer.forceMerge(1);
            writer.commit();
        }
    }

    private void day(int day) throws IOException {
        int some = count / 200;
        int from = day == 1 ? 0 : count + (day - 2) * some;
        int to = day == 1 ? count : from + some;
        for (int i = from; i < to; i++) {
            write(i, 0);
        }
        for (int i = 0; day > 1 && i < some; i++) {
            write((i * 197 + day * 7) % count, day);
        }
    }

    private void write(int document, int version) throws IOException {
        Random random = new Random(document * 104_729L + version);
        StringBuilder text = new StringBuilder("# Document " + document + "\n");
        for (int p = 0; p < PARAGRAPHS; p++) {
            text.append("\n## Part ").append(p).append("\n\n");
            for (int sentence = 0; sentence < 3; sentence++) {
                for (int w = 0; w < 10; w++) {
                    // Few words are frequent, as in a language.
                    String word = words.get((int) (Math.pow(words.size(), random.nextDouble()) - 1));
                    text.append(w == 0 ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : " " + word);
                }
                text.append(". ");
            }
        }
        Path file = documents.resolve(document / 1000 + "/" + document + ".md");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
