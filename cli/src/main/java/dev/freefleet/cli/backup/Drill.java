package dev.freefleet.cli.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Asks two Brains the same questions and compares answers and sources. */
final class Drill {
    private final BrainCaller live;
    private final BrainCaller restored;
    private final int agreePercent;
    private int answered;

    /** @param agreePercent part of the questions that must be answered alike */
    Drill(BrainCaller live, BrainCaller restored, int agreePercent) {
        this.live = live;
        this.restored = restored;
        this.agreePercent = agreePercent;
    }

    /**
     * What came of it.
     *
     * @param questions each question's verdict
     */
    record Report(boolean passed, String summary, ArrayNode questions) {}

    Report ask(List<String> questions) {
        ArrayNode verdicts = Jsons.array();
        int same = 0;
        for (String question : questions) {
            ObjectNode verdict = verdicts.addObject().put("question", question);
            boolean equal = compare(question, verdict);
            verdict.put("same", equal);
            same += equal ? 1 : 0;
        }
        // Two Brains that refuse everything alike prove nothing.
        boolean alike = same * 100 >= agreePercent * questions.size();
        boolean passed = answered > 0 && alike;
        String summary = same + " of " + questions.size() + " questions answered as by the live Brain"
                + (alike ? "" : ", where at least " + agreePercent + " percent must be")
                + (answered > 0 ? "" : "; neither gave an answer to any, so that there was nothing to compare");
        return new Report(passed, summary, verdicts);
    }

    private boolean compare(String question, ObjectNode verdict) {
        BrainCaller.Reply expected = live.ask(question);
        BrainCaller.Reply given = restored.ask(question);
        if (!expected.problem().isEmpty() || !given.problem().isEmpty()) {
            verdict.put("live_problem", expected.problem()).put("restored_problem", given.problem());
            // What the live Brain refuses too is answered alike.
            return expected.status() >= 400 && expected.status() < 500 && expected.status() == given.status();
        }
        boolean answers =
                expected.content().path("answer").equals(given.content().path("answer"));
        boolean sources = sources(expected.content()).equals(sources(given.content()));
        answered += isAnswer(expected.content().path("answer")) ? 1 : 0;
        if (!answers || !sources) {
            verdict.put("same_answer", answers).put("same_sources", sources);
            sources(expected.content()).forEach(verdict.putArray("live_sources")::add);
            sources(given.content()).forEach(verdict.putArray("restored_sources")::add);
        }
        return answers && sources;
    }

    private static boolean isAnswer(JsonNode answer) {
        boolean nothing = answer.isMissingNode()
                || answer.isNull()
                || (answer.isContainerNode() && answer.isEmpty())
                || (answer.isTextual() && answer.asText().isBlank());
        return !nothing;
    }

    private static List<String> sources(JsonNode content) {
        List<String> ids = new ArrayList<>();
        content.path("sources").forEach(source -> ids.add(source.path("id").asText()));
        return ids;
    }
}
