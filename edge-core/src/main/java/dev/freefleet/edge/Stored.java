package dev.freefleet.edge;

/** Answers out of the store, as the client's conditions and ranges want them. */
final class Stored {
    private Stored() {}

    static Step.Respond answer(Call call, StoredAnswer stored, CacheStatus status) {
        Fields request = call.request.fields();
        boolean conditional = call.is("GET") || call.is("HEAD") || call.is("QUERY");
        Fields.Builder head = passed(stored.fields()).toBuilder();
        long age = Math.min(Reuse.age(stored, call.nowMillis()) / 1_000, 1L << 31);
        head.add("age", Long.toString(age)).add("cache-status", status.value());
        boolean unmodified = conditional
                && stored.status() == 200
                && Conditions.isNotModified(request, stored.fields(), stored.responseMillis(), call.nowMillis());
        if (unmodified) {
            return call.respond(304, withoutContentFields(head.build()), new Step.Content.None(-1), null);
        }
        if (stored.status() == 204) {
            return call.respond(204, head.build(), new Step.Content.None(-1), null);
        }
        Ranges range = call.is("GET") ? Ranges.of(request, stored) : new Ranges.Whole();
        long length = stored.body().length();
        return switch (range) {
            case Ranges.Whole() -> call.respond(stored.status(), head, new Step.Content.FromStore(stored), null);
            case Ranges.Part(long offset, long part) -> {
                head.set("content-range", "bytes " + offset + '-' + (offset + part - 1) + '/' + length);
                yield call.respond(206, head.build(), new Step.Content.FromStoreRange(stored, offset, part), null);
            }
            case Ranges.Unsatisfiable() ->
                call.problem(
                        416,
                        "The answer has " + length + " bytes; none of those asked for is among them.",
                        Fields.of("content-range", "bytes */" + length, "cache-status", status.value()));
        };
    }

    /** Without what the edge writes itself. */
    private static Fields passed(Fields stored) {
        if (!stored.facts().hasOwn()) {
            return stored;
        }
        Fields.Builder passed = Fields.builder();
        stored.forEach((name, value) -> {
            if (!HopByHop.isOwn(name) && !name.equals("surrogate-control")) {
                passed.add(name, value);
            }
        });
        return passed.build();
    }

    /** A 304 has the fields that tell of the stored answer, not of content that it does not carry (RFC 9110, 15.4.5). */
    private static Fields withoutContentFields(Fields head) {
        return head.toBuilder()
                .remove("content-type")
                .remove("content-encoding")
                .remove("content-language")
                .remove("content-range")
                .build();
    }
}
