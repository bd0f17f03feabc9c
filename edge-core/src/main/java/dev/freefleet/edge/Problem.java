package dev.freefleet.edge;

import java.util.TreeMap;

/** An error of the edge's own as problem details (RFC 9457). */
record Problem(int status, String detail) {
    /** The JSON object; {@code instance} is the request's id, by which a person finds it again. */
    byte[] json(String instance) {
        TreeMap<String, Json> members = new TreeMap<>();
        members.put("type", new Json.Str("about:blank"));
        members.put("title", new Json.Str(StatusCodes.title(status)));
        members.put("status", new Json.Num(false, EcmaNumber.shortest(status), true));
        members.put("detail", new Json.Str(detail));
        members.put("instance", new Json.Str("urn:uuid:" + instance));
        return CanonicalJson.write(new Json.Obj(members));
    }
}
