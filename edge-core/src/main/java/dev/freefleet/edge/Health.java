package dev.freefleet.edge;

/** The edge's own paths that tell how it is: without a key, without limits, never from the origin. */
final class Health implements Phase {
    private final Call call;

    private Health(Call call) {
        this.call = call;
    }

    static boolean isHealth(String path) {
        return path.equals("/health") || path.equals("/health/live") || path.equals("/health/ready");
    }

    static Next begin(Call call, String path) {
        if (!call.is("GET") && !call.is("HEAD")) {
            Fields allow = Fields.of("allow", "GET, HEAD");
            return Next.last(call.problem(405, "This path takes other methods; see the Allow field.", allow));
        }
        Step.HealthKind kind = switch (path) {
            case "/health/live" -> Step.HealthKind.LIVE;
            case "/health/ready" -> Step.HealthKind.READY;
            default -> Step.HealthKind.FULL;
        };
        return new Next(new Step.ReportHealth(kind), new Health(call));
    }

    @Override
    public Next on(Event event) {
        if (!(event instanceof Event.HealthReported(int status, byte[] json))) {
            throw Call.unexpected(event, "HealthReported");
        }
        Fields fields = Fields.of("content-type", "application/json", "cache-control", "no-store");
        return Next.last(call.respond(status, fields, new Step.Content.Bytes(json), null));
    }
}
