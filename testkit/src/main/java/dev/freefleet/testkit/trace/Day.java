package dev.freefleet.testkit.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** One run through a trace. Sessions overlap; the one whose next ask is due first goes on. */
final class Day {
    private final TraceSettings settings;
    private final SplittableRandom random;
    private final Arrivals arrivals;
    private final Popularity popularity;
    private final PriorityQueue<Session> open = new PriorityQueue<>();
    private final Map<Integer, List<Question>> history = new HashMap<>();
    private final Map<Integer, Client> clients = new HashMap<>();
    private Session arriving;
    private int sessions;
    private int asked;
    private int version;

    Day(TraceSettings settings) {
        this.settings = settings;
        random = new SplittableRandom(settings.seed());
        arrivals = new Arrivals(settings.requests() / settings.sessionLength(), random.split());
        popularity = new Popularity(new Zipf(settings.questions(), settings.exponent()), settings.churnPerHour());
        arriving = arrive();
    }

    boolean hasNext() {
        return asked < settings.requests();
    }

    TraceEvent next() {
        while (open.isEmpty() || arriving.nextMillis <= open.element().nextMillis) {
            open.add(arriving);
            arriving = arrive();
        }
        if (reingestIsDue()) {
            return new TraceEvent.Reingest(open.element().nextMillis, ++version);
        }
        Session session = open.remove();
        TraceEvent ask = ask(session);
        if (--session.left > 0) {
            session.nextMillis += pause();
            open.add(session);
        }
        return ask;
    }

    /** Re-ingest k of n comes after k/(n+1) of all asks. */
    private boolean reingestIsDue() {
        return version < settings.reingests()
                && asked >= (long) settings.requests() * (version + 1) / (settings.reingests() + 1);
    }

    private Session arrive() {
        int length = 1;
        while (random.nextDouble() >= 1 / settings.sessionLength()) {
            length++;
        }
        return new Session(sessions++, random.nextInt(settings.users()), arrivals.next(), length);
    }

    private TraceEvent.Ask ask(Session session) {
        Question question = choose(session);
        session.last = question;
        history.computeIfAbsent(session.user, user -> new ArrayList<>()).add(question);
        String text = settings.typing().vary(question.text(), random);
        Client.Wire wire = clients.computeIfAbsent(session.user, user -> Client.sample(random))
                .write(question, text, random);
        asked++;
        return new TraceEvent.Ask(
                session.nextMillis, session.user, session.number, wire.method(), wire.target(), wire.json(), question);
    }

    private Question choose(Session session) {
        double kind = random.nextDouble();
        List<Question> own = history.getOrDefault(session.user, List.of());
        if (kind < settings.repeatShare() && !own.isEmpty()) {
            return own.get(random.nextInt(own.size()));
        }
        Question last = session.last;
        if (kind >= settings.repeatShare() && kind < settings.repeatShare() + settings.moreShare() && last != null) {
            return last.more();
        }
        return Question.of(popularity.sample(session.nextMillis, random), settings.smartShare());
    }

    private long pause() {
        return (long) (-Math.log(1 - random.nextDouble()) * settings.pauseMillis());
    }
}
