package dev.freefleet.admin;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.freefleet.data.jobs.JobState;
import dev.freefleet.data.jobs.Jobs;
import dev.freefleet.data.jobs.PastRun;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/jobs}: what recurs, when it ran, and runs on request. */
public final class JobsApi extends CallGroup {
    private static final String BASE = "/api/v1/jobs";
    private static final int LISTED = 20;
    private static final int MOST = 1_000;

    private final Jobs jobs;
    private final Accounts accounts;

    public JobsApi(Jobs jobs, Accounts accounts) {
        this.jobs = requireNonNull(jobs, "jobs");
        this.accounts = requireNonNull(accounts, "accounts");
    }

    @Override
    List<Call> calls() {
        return List.of(
                Call.get(BASE, "listJobs", "The jobs, when they run next and how they ran last.")
                        .answers(200, "Jobs")
                        .by(this::list),
                Call.get(BASE + "/history", "listRuns", "Runs of jobs, newest first.")
                        .query("job", "string", "Only those of this job.")
                        .query("limit", "integer", "1 to 1000; 20 by default.")
                        .answers(200, "Runs")
                        .by(this::history),
                Call.get(BASE + "/runs/{id}", "showRun", "One run; it is not there until it begins.")
                        .answers(200, "Run")
                        .by(this::run),
                Call.post(BASE + "/{name}/run", "runJob", "Asks for a run now.")
                        .takes("Nothing")
                        .answers(202, "Asked")
                        .by(this::ask),
                Call.post(BASE + "/{name}/pause", "pauseJob", "Keeps a job from running when it is due.")
                        .takes("Nothing")
                        .answers(200, "Changed")
                        .by((request, response) -> pause(request, response, true)),
                Call.post(BASE + "/{name}/resume", "resumeJob", "Lets a job run again from its next due time on.")
                        .takes("Nothing")
                        .answers(200, "Changed")
                        .by((request, response) -> pause(request, response, false)));
    }

    private void list(ServerRequest request, ServerResponse response) {
        ObjectNode content = Json.object();
        ArrayNode array = content.putArray("jobs");
        jobs.list().forEach(job -> array.add(json(job)));
        Json.send(response, Status.OK_200, content);
    }

    private static ObjectNode json(JobState job) {
        @Nullable PastRun last = job.last();
        return Json.object()
                .put("name", job.name())
                .put("description", job.description())
                .put("schedule", job.schedule())
                .put("zone", job.zone())
                .put("next", Json.time(job.next()))
                .put("state", state(job))
                .put("paused_at", Json.time(job.pausedAt()))
                .put("missed", job.missed())
                .put("failures", job.failures())
                .put("last_success", Json.time(job.lastSuccess()))
                .set("last", last == null ? null : json(last));
    }

    private static String state(JobState job) {
        if (job.running()) {
            return "running";
        }
        if (job.pausedAt() != null) {
            return "paused";
        }
        return job.overdue() ? "overdue" : job.failures() > 0 ? "failing" : "waiting";
    }

    private void history(ServerRequest request, ServerResponse response) {
        @Nullable String name = Parameters.text(request, "job");
        int limit = Parameters.limit(request, LISTED, MOST);
        ObjectNode content = Json.object();
        ArrayNode array = content.putArray("runs");
        jobs.history(name, limit).forEach(run -> array.add(json(run)));
        Json.send(response, Status.OK_200, content);
    }

    private void run(ServerRequest request, ServerResponse response) {
        UUID id;
        try {
            id = UUID.fromString(request.path().pathParameters().get("id"));
        } catch (IllegalArgumentException e) {
            throw Body.invalid("A run's id is a UUID, as the history shows it.");
        }
        PastRun run = jobs.run(id)
                .orElseThrow(() -> new Problem(
                        Status.NOT_FOUND_404,
                        "There is no such run, or it has not begun; the history shows those that have."));
        Json.send(response, Status.OK_200, json(run));
    }

    private static ObjectNode json(PastRun run) {
        return Json.object()
                .put("id", run.id().toString())
                .put("job", run.job())
                .put("scheduled_for", Json.time(run.scheduledFor()))
                .put("started_at", Json.time(run.startedAt()))
                .put("finished_at", Json.time(run.finishedAt()))
                .put("started_by", run.byPerson() ? "person" : "schedule")
                .put("node", run.node())
                .put("missed", run.missed())
                .put("outcome", run.outcome().name().toLowerCase(Locale.ROOT))
                .put("summary", run.summary());
    }

    private void ask(ServerRequest request, ServerResponse response) {
        Body.read(request, Set.of());
        String name = request.path().pathParameters().get("name");
        String actor = Actor.of(request);
        UUID id = jobs.run(name);
        accounts.audit().record(actor, "job.run", Map.of("job", name, "run", id.toString()));
        Json.send(response, Status.ACCEPTED_202, Json.object().put("run", id.toString()));
    }

    private void pause(ServerRequest request, ServerResponse response, boolean paused) {
        Body.read(request, Set.of());
        String name = request.path().pathParameters().get("name");
        String actor = Actor.of(request);
        boolean changed = jobs.pause(name, paused);
        if (changed) {
            accounts.audit().record(actor, paused ? "job.pause" : "job.resume", Map.of("job", name));
        }
        Json.send(response, Status.OK_200, Json.object().put("changed", changed));
    }
}
