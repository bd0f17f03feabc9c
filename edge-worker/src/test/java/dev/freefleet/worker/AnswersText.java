package dev.freefleet.worker;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.StoredAnswer;
import java.util.Arrays;

/** All that a stored answer says, as a text, on the JVM and in JavaScript. */
final class AnswersText {
    private AnswersText() {}

    static String of(StoredAnswer answer, byte[] content) {
        return answer.status() + " " + answer.requestMillis() + ' ' + answer.responseMillis() + ' '
                + answer.indexVersion() + ' ' + answer.tags() + ' ' + of(answer.fields()) + of(answer.selecting())
                + Arrays.toString(content) + '\n';
    }

    private static String of(Fields fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("; "));
        return text.toString();
    }
}
