package dev.freefleet.worker;

import dev.freefleet.edge.StoredAnswer;
import dev.freefleet.worker.js.JsonValue;
import java.util.List;
import org.teavm.jso.JSExport;
import org.teavm.jso.typedarrays.Int8Array;

/** What TeaVM compiles for the tests of the Worker's readers: each reader, and what it has read as a text. */
public final class ReadersProbe {
    static final String REFUSED = "refused: ";
    static final String READ = "read: ";

    private static String rehearsal = "is not over";

    private ReadersProbe() {}

    /** Plays the rehearsal, in the global scope, where the runtime refuses all I/O. */
    @JSExport
    public static void rehearse() {
        Rehearsal.play(fault -> rehearsal = fault.isEmpty() ? "is over" : fault);
    }

    /** What became of it. */
    @JSExport
    public static String rehearsal() {
        return rehearsal;
    }

    @JSExport
    public static String policy(String json) {
        JsonValue value = JsonValue.parse(json);
        try {
            return value == null
                    ? REFUSED + "no JSON"
                    : PolicyText.of(PolicyReader.read(value).policy());
        } catch (IllegalArgumentException refused) {
            return REFUSED + refused.getMessage();
        }
    }

    @JSExport
    public static String sync(String json) {
        FleetState state = SyncReader.read(json);
        try {
            return state == null ? REFUSED + "the last state holds" : READ + FleetStateText.of(state);
        } catch (IllegalArgumentException refused) {
            return REFUSED + refused.getMessage(); // of one key, which is looked at when it is looked up
        }
    }

    /** Reads an entry, and writes and reads it once more. */
    @JSExport
    public static String envelope(String key, Int8Array bytes) {
        List<StoredAnswer> answers = Envelope.read(key, bytes);
        if (answers.isEmpty()) {
            return REFUSED + "nothing is stored";
        }
        String text = text(answers);
        String again = text(Envelope.read(key, Envelope.write(key, answers)));
        return again.equals(text) ? text : "read as " + text + " and again as " + again;
    }

    private static String text(List<StoredAnswer> answers) {
        StringBuilder text = new StringBuilder();
        for (StoredAnswer answer : answers) {
            text.append(
                    AnswersText.of(answer, ((HeldBody) answer.body()).bytes().toJavaArray()));
        }
        return text.toString();
    }
}
