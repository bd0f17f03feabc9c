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
        if (WebSocket.isAskedFor(call)) {
            return WebSocket.begin(call);
        }
        boolean safe = call.is("GET") || call.is("HEAD");
        return switch (call.route().cache()) {
            case CacheRule.Off ignored -> Origin.bypass(call, null);
            case CacheRule.Http ignored when safe && !request.hasContent() -> http(call);
            case CacheRule.Http ignored
            when call.is("QUERY") ->
                new Next(new Step.ReadBody(call.route().maxBodyBytes()), event -> read(call, event));
            case CacheRule.Http ignored -> Origin.bypass(call, null);
            case CacheRule.Query query
            when safe -> request.hasContent() ? Origin.bypass(call, null) : ask(call, query, "", null);
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
            case Event.BodyRead(byte[] content) -> ask(call, rule, type, content);
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
            String contentDigest = Ascii.hex(sha256, sha256.length);
            return new Next(new Step.Digest(httpMaterial(call, call.route(), call.target())), located -> {
                if (!(located instanceof Event.Digested(byte[] uri))) {
                    throw Call.unexpected(located, "Digested");
                }
                return Caching.begin(call, of(call.route(), uri), content, contentDigest);
            });
        });
    }

    private static Next http(Call call) {
        Asked asked = new Asked(call.route(), call.target(), scheme(call), null, Fields.empty(), null);
        Asked.Keyed known = call.edge.recent().keys().get(asked);
        return known == null
                ? digest(call, asked, httpMaterial(call, call.route(), call.target()), null)
                : Caching.begin(call, known.cacheKey(), null, null);
    }

    private static Next ask(Call call, CacheRule.Query rule, String type, byte @Nullable [] content) {
        Asked asked = content == null && isSame(rule)
                ? null
                : new Asked(
                        call.route(),
                        call.target(),
                        scope(call, rule),
                        type,
                        keyFields(rule, call.request.fields()),
                        content);
        Asked.Keyed known =
                asked == null ? call.known().asked : call.edge.recent().keys().get(asked);
        if (known != null) {
            call.question = known.question();
            return Caching.begin(call, known.cacheKey(), content, null);
        }
        String query = call.target().query();
        Question question =
                content == null ? Question.ofParameters(rule, query) : Question.ofContent(rule, type, content, query);
        return question == null ? Origin.bypass(call, content) : ask(call, rule, question, asked, content);
    }

    private static Next ask(
            Call call, CacheRule.Query rule, Question question, @Nullable Asked asked, byte @Nullable [] content) {
        EdgePolicy.QueryText keep = call.edge.policy().queryText();
        String text = question.text();
        if (keep == EdgePolicy.QueryText.FULL && text != null) {
            call.queryText = cut(text);
        }
        if (!rule.foldText() || text == null) {
            return digestQuestion(call, rule, question, asked, content);
        }
        if (Folding.isAscii(text)) {
            return digestQuestion(call, rule, question.withText(rule, Folding.fold(text)), asked, content);
        }
        if (text.length() > Folding.MAX) {
            return digestQuestion(call, rule, question, asked, content);
        }
        return new Next(new Step.Normalize(text), event -> {
            if (!(event instanceof Event.Normalized(String normal))) {
                throw Call.unexpected(event, "Normalized");
            }
            return digestQuestion(call, rule, question.withText(rule, Folding.fold(normal)), asked, content);
        });
    }

    private static Next digestQuestion(
            Call call, CacheRule.Query rule, Question question, @Nullable Asked asked, byte @Nullable [] content) {
        byte[] canonical = question.canonical();
        if (canonical == null) {
            return digest(call, asked, material(call, rule, question, null), content);
        }
        EdgePolicy.QueryText keep = call.edge.policy().queryText();
        return new Next(new Step.Digest(canonical), event -> {
            if (!(event instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(event, "Digested");
            }
            call.queryDigest = keep == EdgePolicy.QueryText.OFF ? null : Ascii.hex(sha256, 16);
            return digest(call, asked, material(call, rule, question, sha256), content);
        });
    }

    /** Whether the target alone says what a GET asks, whoever asks. */
    private static boolean isSame(CacheRule.Query rule) {
        return rule.scope() == CacheRule.Scope.PUBLIC && rule.keyFields().isEmpty();
    }

    private static Fields keyFields(CacheRule.Query rule, Fields request) {
        if (rule.keyFields().isEmpty()) {
            return Fields.empty();
        }
        Fields.Builder fields = Fields.builder();
        for (String name : rule.keyFields()) {
            String value = request.combined(name);
            if (value != null) {
                fields.add(name, value);
            }
        }
        return fields.build();
    }

    /** Digests the key's material, and remembers the key for whoever asks the same. */
    private static Next digest(Call call, @Nullable Asked asked, byte[] material, byte @Nullable [] content) {
        return new Next(new Step.Digest(material), event -> {
            if (!(event instanceof Event.Digested(byte[] sha256))) {
                throw Call.unexpected(event, "Digested");
            }
            String key = of(call.route(), sha256);
            call.question = UsageQuestion.of(call.queryDigest, call.queryText);
            Asked.Keyed keyed = new Asked.Keyed(key, call.question);
            if (asked == null) {
                call.known().asked = keyed;
            } else if (asked.isShort()) {
                call.edge.recent().keys().put(asked, keyed);
            }
            return Caching.begin(call, key, content, null);
        });
    }

    /** A key says its route in clear, so that a route can be purged; the digest alone would do to tell keys apart. */
    static String of(Route route, byte[] sha256) {
        return route.name() + ':' + Ascii.hex(sha256, sha256.length);
    }

    private static String scheme(Call call) {
        return call.edge.clients().secure(call.request) ? "https" : "http";
    }

    /** RFC 9111 section 2: the target URI, here within its route. The method is GET for all that is stored. */
    static byte[] httpMaterial(Call call, Route route, Target.Canonical target) {
        return new KeyMaterial(route.name(), "public", target.path())
                .add(scheme(call))
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
