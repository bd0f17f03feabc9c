package dev.freefleet.edge;

import org.jspecify.annotations.Nullable;

/**
 * The part of an exchange that finds the key under which its answer is kept. Two requests have the same key only where
 * they mean the same; where that is in doubt the request passes the cache by.
 */
final class CacheKey implements Phase {
    private final Call call;
    private final CacheRule.Query rule;
    private final String type;

    private CacheKey(Call call, CacheRule.Query rule, String type) {
        this.call = call;
        this.rule = rule;
        this.type = type;
    }

    static Next begin(Call call) {
        call.outcome = CacheOutcome.BYPASS;
        RequestHead request = call.request;
        boolean safe = call.is("GET") || call.is("HEAD");
        return switch (call.route().cache()) {
            case CacheRule.Off ignored -> Origin.bypass(call, null);
            case CacheRule.Http ignored
            when safe && !request.hasContent() -> digest(call, httpMaterial(call.route(), call.target()), null, null);
            case CacheRule.Http ignored
            when call.is("QUERY") ->
                new Next(new Step.ReadBody(call.route().maxBodyBytes()), event -> read(call, event));
            case CacheRule.Http ignored -> Origin.bypass(call, null);
            case CacheRule.Query query
            when safe ->
                request.hasContent()
                        ? Origin.bypass(call, null)
                        : ask(
                                call,
                                query,
                                Question.ofParameters(query, call.target().query()),
                                null);
            case CacheRule.Query query -> {
                String type = MediaType.plainJson(request.fields());
                boolean asks = (call.is("POST") || call.is("QUERY")) && type != null;
                yield asks && type != null
                        ? new Next(new Step.ReadBody(call.route().maxBodyBytes()), new CacheKey(call, query, type))
                        : Origin.bypass(call, null);
            }
        };
    }

    @Override
    public Next on(Event event) {
        return switch (event) {
            case Event.BodyRead(byte[] content) ->
                ask(
                        call,
                        rule,
                        Question.ofContent(rule, type, content, call.target().query()),
                        content);
            case Event.BodyTooLarge() -> {
                call.outcome = CacheOutcome.NONE;
                yield Next.last(Admission.tooLarge(call));
            }
            default -> throw Call.unexpected(event, "BodyRead or BodyTooLarge");
        };
    }

    /** The content of a QUERY and what tells how to read it (RFC 10008 section 2.7), to the byte. */
    private static Next read(Call call, Event event) {
        if (event instanceof Event.BodyTooLarge) {
            return Next.last(Admission.tooLarge(call));
        }
        if (!(event instanceof Event.BodyRead(byte[] content))) {
            throw Call.unexpected(event, "BodyRead or BodyTooLarge");
        }
        Fields request = call.request.fields();
        byte[] material = new KeyMaterial(
                        call.route().name(), "public", call.target().path())
                .add(request.combined("content-type"))
                .add(request.combined("content-encoding"))
                .add(request.combined("content-language"))
                .add(content)
                .toBytes();
        return new Next(new Step.Digest(material), digested -> {
            if (!(digested instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(digested, "Digested");
            }
            byte[] uri = httpMaterial(call.route(), call.target());
            return digest(call, uri, content, Ascii.hex(sha256, sha256.length));
        });
    }

    private static Next ask(Call call, CacheRule.Query rule, @Nullable Question question, byte @Nullable [] content) {
        if (question == null) {
            return Origin.bypass(call, content);
        }
        EdgePolicy.QueryText keep = call.edge.policy().queryText();
        String text = question.text();
        if (keep == EdgePolicy.QueryText.FULL && text != null) {
            call.queryText = cut(text);
        }
        byte[] canonical = question.canonical();
        if (canonical == null) {
            return digest(call, material(call, rule, question, null), content, null);
        }
        return new Next(new Step.Digest(canonical), event -> {
            if (!(event instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(event, "Digested");
            }
            call.queryDigest = keep == EdgePolicy.QueryText.OFF ? null : Ascii.hex(sha256, 16);
            return digest(call, material(call, rule, question, sha256), content, null);
        });
    }

    private static Next digest(Call call, byte[] material, byte @Nullable [] content, @Nullable String contentDigest) {
        return new Next(new Step.Digest(material), event -> {
            if (!(event instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(event, "Digested");
            }
            return Caching.begin(call, Ascii.hex(sha256, sha256.length), content, contentDigest);
        });
    }

    /** RFC 9111 section 2: the target URI, here within its route. The method is GET for all that is stored. */
    static byte[] httpMaterial(Route route, Target.Canonical target) {
        return new KeyMaterial(route.name(), "public", target.path())
                .add("http")
                .add(target.query())
                .toBytes();
    }

    private static byte[] material(Call call, CacheRule.Query rule, Question question, byte @Nullable [] digest) {
        KeyMaterial material = new KeyMaterial(
                        call.route().name(), scope(call, rule), call.target().path())
                .add("query")
                .add(question.query())
                .add(question.type());
        for (String name : rule.keyFields()) {
            material.add(name).add(call.request.fields().combined(name));
        }
        return digest == null
                ? material.add((String) null).toBytes()
                : material.add(digest).toBytes();
    }

    private static String scope(Call call, CacheRule.Query rule) {
        KeyToken token = call.token;
        return switch (rule.scope()) {
            case PUBLIC -> "public";
            case USER -> token == null ? "anyone" : "user:" + token.userId();
            case KEY -> token == null ? "anyone" : "key:" + token.keyId();
        };
    }

    /** At most 2,000 characters, without half of a surrogate pair at the end. */
    private static String cut(String text) {
        int max = 2_000;
        if (text.length() <= max) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
    }
}
