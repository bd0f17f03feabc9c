package dev.freefleet.cli.up;

import dev.freefleet.admin.UsageBook;
import dev.freefleet.data.Forgetting;
import dev.freefleet.data.Forgotten;
import dev.freefleet.data.archive.Archives;
import dev.freefleet.data.rollup.Rollups;
import java.util.ArrayList;
import java.util.List;

/** Figures and archives lose what tells whose requests they are about, when somebody is forgotten. */
record ForgottenRecords(UsageBook book) implements Forgetting.Elsewhere {
    @Override
    public List<Forgotten.Place> forget(long userId, boolean dry) {
        Rollups.Forgotten figures = book.rollups().forget(userId, dry);
        Archives.Forgotten archived = book.archives().forget(userId, dry);
        List<Forgotten.Place> places = new ArrayList<>(List.of(
                new Forgotten.Place(
                        "usage_daily_users",
                        "anonymised",
                        figures.days(),
                        "shares of days, which join those without a key"),
                new Forgotten.Place(
                        "queries_top",
                        "anonymised",
                        figures.queries() + archived.questions(),
                        "texts of questions, day by day, that nobody else who is left asked"),
                new Forgotten.Place(
                        "archives",
                        "anonymised",
                        archived.requests(),
                        "written anew without user, key, question and digest")));
        if (archived.unknown() > 0) {
            places.add(new Forgotten.Place(
                    "archives",
                    "kept",
                    archived.unknown(),
                    "files that the database does not know and that may tell of them; the fleet's log names one"));
        }
        return places;
    }
}
