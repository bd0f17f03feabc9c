package dev.freefleet.cli.config;

import dev.freefleet.cli.config.ValueType.Scalar;
import dev.freefleet.data.jobs.Schedule;
import java.time.ZoneId;

/** Time zones and schedules as settings. */
final class JobTypes {
    private JobTypes() {}

    static Scalar<ZoneId> zone() {
        String writing = "e.g. UTC or Europe/Berlin";
        return new Scalar<>("time zone", writing, written -> parsedZone(written, writing), ZoneId::getId);
    }

    static Scalar<Schedule> schedule() {
        return new Scalar<>("schedule", "e.g. daily 03:00", JobTypes::parsedSchedule, Schedule::text);
    }

    /** By name, so that daylight saving is known; an offset has none. */
    private static ZoneId parsedZone(String written, String writing) {
        if (!ZoneId.getAvailableZoneIds().contains(written)) {
            throw new BadValue("is no time zone; write " + writing);
        }
        return ZoneId.of(written);
    }

    private static Schedule parsedSchedule(String written) {
        try {
            return Schedule.parse(written);
        } catch (IllegalArgumentException e) {
            throw new BadValue(String.valueOf(e.getMessage()));
        }
    }
}
