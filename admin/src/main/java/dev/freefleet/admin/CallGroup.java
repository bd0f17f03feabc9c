package dev.freefleet.admin;

import java.util.List;

/** Calls of one kind that the port has where the fleet has what they are about. */
public abstract sealed class CallGroup permits JobsApi, UsageApi {
    CallGroup() {}

    abstract List<Call> calls();
}
