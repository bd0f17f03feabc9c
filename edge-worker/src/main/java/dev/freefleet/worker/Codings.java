package dev.freefleet.worker;

import dev.freefleet.edge.Fields;

/** What becomes of an answer's fields where the runtime has decoded its content. */
final class Codings {
    private Codings() {}

    /** The fields of the content as this code is given it: without a coding that the runtime has taken away. */
    static Fields decoded(Fields fields) {
        String coding = fields.first("content-encoding");
        if (!"gzip".equals(coding) && !"br".equals(coding)) {
            return fields;
        }
        Fields.Builder plain = Fields.builder();
        fields.forEach((name, value) -> {
            switch (name) {
                case "content-encoding", "content-length" -> {}
                // RFC 9110 section 8.8.3: another coding is another representation, which only a weak tag may share.
                case "etag" -> plain.add(name, value.startsWith("W/") ? value : "W/" + value);
                default -> plain.add(name, value);
            }
        });
        return plain.build();
    }
}
