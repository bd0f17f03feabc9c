package dev.freefleet.edge;

import java.util.List;

/** The first part of an exchange: whether the request can be read, where it goes, and whether its sender asks too often. */
final class Admission implements Phase {
    private final Call call;
    private final Credentials credentials;

    private Admission(Call call, Credentials credentials) {
        this.call = call;
        this.credentials = credentials;
    }

    static Next begin(Call call) {
        RequestHead request = call.request;
        if (!isUsual(request.method()) && !Ascii.isToken(request.method())) {
            return Next.last(call.problem(400, "The method is not a token."));
        }
        if (request.target().equals("*") && call.is("OPTIONS")) {
            return Next.last(call.respond(204, Fields.empty(), new Step.Content.None(-1), null));
        }
        Recent.Known known = call.edge.recent().targets().get(request.target());
        if (known != null) {
            call.found(known);
            return admit(call, known.route);
        }
        return switch (Target.parse(request.target())) {
            case Target.Refused(int status, String reason) -> Next.last(call.problem(status, reason));
            case Target.Canonical target -> route(call, target);
        };
    }

    private static boolean isUsual(String method) {
        return method.equals("GET") || method.equals("POST") || method.equals("QUERY") || method.equals("HEAD");
    }

    private static Next route(Call call, Target.Canonical target) {
        if (Health.isHealth(target.path())) {
            return Health.begin(call, target.path());
        }
        return switch (call.edge.routes().match(target.path())) {
            case RouteTable.Match.Unknown() -> Next.last(call.problem(404, "Nothing is served at this path."));
            case RouteTable.Match.Ambiguous() ->
                Next.last(call.problem(400, "The path holds parameters (\";\"), which are not served."));
            case RouteTable.Match.Found(Route route) -> {
                call.found(call.edge.recent().target(call.request.target(), target, route));
                yield admit(call, route);
            }
        };
    }

    private static Next admit(Call call, Route route) {
        RequestHead request = call.request;
        boolean takesOptions = route.methods().contains("OPTIONS");
        if (Cors.isPreflight(request)
                && !(takesOptions && call.edge.policy().cors().origins().isEmpty())) {
            Fields fields = call.edge.cors().preflight(request, route);
            return Next.last(call.respond(204, fields, new Step.Content.None(-1), null));
        }
        boolean taken = route.methods().contains(request.method())
                || (call.is("HEAD") && route.methods().contains("GET"));
        if (!taken) {
            Fields allow = Fields.of("allow", RouteTable.allow(route));
            return Next.last(
                    call.is("OPTIONS")
                            ? call.respond(204, allow, new Step.Content.None(-1), null)
                            : call.problem(405, "This path takes other methods; see the Allow field.", allow));
        }
        if (request.contentLength() > route.maxBodyBytes()) {
            return Next.last(tooLarge(call));
        }
        call.address = call.edge.clients().of(request.peer(), request.fields());
        Recent.Sender sender =
                call.edge.recent().sender(call.address, call.edge.policy().addressRate());
        call.bucket = sender.bucket;
        Credentials credentials =
                route.auth() == Route.Auth.KEY ? request.fields().asked().credentials() : new Credentials.None();
        return new Next(allowances(call, sender, credentials), new Admission(call, credentials));
    }

    static Step.Respond tooLarge(Call call) {
        return call.problem(
                413, "The content is longer than the " + call.route().maxBodyBytes() + " bytes that this path takes.");
    }

    /**
     * Who shows a text that is no fleet key is asked first whether too many of theirs were refused: a guesser of imported
     * keys learns nothing any more. A fleet key's signature cannot be guessed, so it is looked at all the same: else
     * whoever shares an address with a guesser, as all do behind a tunnel, would be locked out with them.
     */
    private static Step.TakeAllowances allowances(Call call, Recent.Sender sender, Credentials credentials) {
        return credentials instanceof Credentials.One(String text) && !text.startsWith(KeyFormat.PREFIX)
                ? new Step.TakeAllowances(List.of(sender.allowance, Identification.refusedKeys(call, 0)))
                : sender.take;
    }

    @Override
    public Next on(Event event) {
        if (!(event instanceof Event.AllowancesTaken(List<Gcra.Taken> results))) {
            throw Call.unexpected(event, "AllowancesTaken");
        }
        call.limits.add("address", call.edge.policy().addressRate(), results.getFirst());
        Next refusal = Limits.refusal(call, results);
        if (refusal != null) {
            return refusal;
        }
        return switch (call.route().auth()) {
            case NONE -> Limits.begin(call);
            case KEY -> Identification.begin(call, credentials);
        };
    }
}
