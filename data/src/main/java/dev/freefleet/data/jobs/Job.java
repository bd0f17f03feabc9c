package dev.freefleet.data.jobs;

import static java.util.Objects.requireNonNull;

/**
 * Work that recurs. To add one, hand it to {@link Jobs#start}; everything else (its settings' names apart) follows from that:
 * the schedule, runs on request, pauses, history, metrics.
 *
 * @param name what people call it by: 1 to 64 characters of a to z, digits and hyphens
 * @param description a sentence for people
 * @param schedule when it is due
 * @param action what it does
 */
public record Job(String name, String description, Schedule schedule, Action action) {
    /** What a job does. Never twice at once on one database, whichever fleet runs it. */
    @FunctionalInterface
    public interface Action {
        /**
         * Does it. It may be asked again for a time that it has done already (its process may die between the deed and the
         * record of it), and must then change nothing; an interruption means that the fleet stops.
         *
         * @return a sentence for people: what was done. It must hold no secret and no question's text
         * @throws Exception what went wrong; its message stands in the history. A run of the schedule is tried again twice
         */
        String run(JobRun run) throws Exception;
    }

    public Job {
        requireNonNull(name, "name");
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("name must be 1 to 64 of a-z, 0-9 and hyphens, but is " + name);
        }
        requireNonNull(description, "description");
        requireNonNull(schedule, "schedule");
        requireNonNull(action, "action");
    }

    /** The same at other times. */
    public Job at(Schedule other) {
        return new Job(name, description, other, action);
    }
}
