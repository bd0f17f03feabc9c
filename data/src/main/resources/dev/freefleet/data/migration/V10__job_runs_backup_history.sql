-- What the fleet's jobs did, and what became of each backup.

create table job_runs (
    id            uuid primary key,
    job           text not null,
    -- The time of the schedule that the run stands for; when a person asked for it, that time.
    scheduled_for timestamptz not null,
    started_at    timestamptz not null,
    finished_at   timestamptz,
    -- 'schedule' or 'person'
    started_by    text not null,
    node          text not null,
    -- Times of the schedule before scheduled_for that nobody was there for, and for which this run stands too.
    missed        integer not null default 0,
    outcome       text not null,
    -- One sentence for people: what was done, or what went wrong.
    summary       text,
    constraint job_runs_valid check (
        char_length(job) between 1 and 64 and char_length(node) <= 128 and char_length(summary) <= 2000
        and started_by in ('schedule', 'person') and missed >= 0),
    -- lost: its process died, or the database's connection did, before it could say how it ended.
    constraint job_runs_outcome check (
        outcome in ('running', 'done', 'failed', 'lost') and (outcome = 'running') = (finished_at is null))
);

create index job_runs_newest on job_runs (job, started_at desc);

create table backup_history (
    id            uuid primary key,
    -- Of the repository; null until there is one.
    snapshot_id   text,
    -- What was backed up ('brain', 'database', a folder) and where to ('local', 'offsite'), as configured.
    source        text not null,
    store         text not null,
    started_at    timestamptz not null,
    finished_at   timestamptz,
    outcome       text not null,
    -- One sentence for people: what went wrong.
    problem       text,
    files         bigint,
    bytes_read    bigint,
    -- What the store has grown by.
    bytes_stored  bigint,
    chunks        bigint,
    chunks_new    bigint,
    -- When its bytes were last read back and found right.
    verified_at   timestamptz,
    -- A restore that was started and asked: 'passed' or 'failed', when, and one sentence.
    drill_at      timestamptz,
    drill_outcome text,
    drill_summary text,
    constraint backup_history_valid check (
        char_length(snapshot_id) <= 128 and char_length(source) <= 256 and char_length(store) <= 256
        and char_length(problem) <= 2000 and char_length(drill_summary) <= 2000
        and files >= 0 and bytes_read >= 0 and bytes_stored >= 0 and chunks >= 0 and chunks_new >= 0),
    constraint backup_history_outcome check (
        outcome in ('running', 'done', 'failed', 'lost') and (outcome = 'running') = (finished_at is null)),
    constraint backup_history_drill check (
        drill_outcome in ('passed', 'failed') and num_nulls(drill_at, drill_outcome) in (0, 2))
);

create index backup_history_newest on backup_history (started_at desc);
