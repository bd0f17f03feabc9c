package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is planned for a job, as it stands in {@code scheduled_tasks.task_data}: which due time comes next, whether a person
 * asked for a run before it, and how often that due time was tried. The moment at which it is to happen stands in
 * {@code execution_time}, and is later than the due time where a run is tried again.
 *
 * @param due the next due time of the schedule
 * @param asked the run that a person asked for, or null
 * @param tries how many runs for this due time failed
 */
record Turn(Instant due, @Nullable UUID asked, int tries) {
    Turn {
        requireNonNull(due, "due");
    }

    static Turn at(Instant due) {
        return new Turn(due, null, 0);
    }

    /** The data as db-scheduler keeps them: text that a person can read. */
    static final class Serializer implements com.github.kagkarlsson.scheduler.serializer.Serializer {
        @Override
        public byte[] serialize(Object data) {
            Turn turn = (Turn) data;
            return (turn.due + " " + turn.tries + (turn.asked == null ? "" : " " + turn.asked))
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] serialized) {
            String[] words = new String(serialized, StandardCharsets.UTF_8).split(" ", -1);
            return type.cast(new Turn(
                    Instant.parse(words[0]),
                    words.length > 2 ? UUID.fromString(words[2]) : null,
                    Integer.parseInt(words[1])));
        }
    }
}
