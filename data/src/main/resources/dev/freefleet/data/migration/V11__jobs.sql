-- When the jobs run next: db-scheduler's table, as its version 16 wants it.
create table scheduled_tasks (
    task_name            text not null,
    task_instance        text not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index scheduled_tasks_due on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);

-- What the fleets agree on about each job.
create table jobs (
    name      text primary key,
    -- As configured by the fleet that started last: when it differs, the next run is planned anew.
    schedule  text not null,
    zone      text not null,
    paused_at timestamptz,
    constraint jobs_valid check (
        char_length(name) between 1 and 64 and char_length(schedule) <= 64 and char_length(zone) <= 64)
);

create index job_runs_due on job_runs (job, scheduled_for);
