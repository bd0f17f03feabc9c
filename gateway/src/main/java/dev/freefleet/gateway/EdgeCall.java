package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import dev.freefleet.edge.RequestHead;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of an edge that has shown the right token: answered by {@link RemoteEdges} on a thread of its own, since it may
 * wait for a database. It is no client's request: no usage is recorded, and no limit but that of calls at once holds.
 */
final class EdgeCall implements Served {
    static final String PATH = "/.fleet/edge/";
    private static final Logger log = LoggerFactory.getLogger(EdgeCall.class);
    private static final String BEARER = "bearer ";
    private static final String ANSWERS = "answers";
    private static final byte[] NOTHING = new byte[0];

    private final Services services;
    private final Loop loop;
    private final ClientStream client;
    private final RequestHead head;
    private @Nullable Collected collected;
    private boolean over;

    EdgeCall(Services services, Loop loop, ClientStream client, RequestHead head) {
        this.services = services;
        this.loop = loop;
        this.client = client;
        this.head = head;
    }

    /** What a request shows in {@code Authorization: Bearer}, or "". */
    static String token(Fields fields) {
        String shown = fields.first("authorization");
        return shown != null && shown.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? shown.substring(BEARER.length())
                : "";
    }

    @Override
    public void start() {
        switch (call()) {
            case "sync" -> {
                if (isMethod("GET")) {
                    String known = head.fields().combined("if-none-match");
                    answerBy(() -> services.edges().sync(known));
                }
            }
            case "usage", ANSWERS -> {
                if (isMethod("POST")) {
                    collect();
                }
            }
            default -> refuse(404, "Edges may call /.fleet/edge/sync, /.fleet/edge/usage and /.fleet/edge/answers.");
        }
    }

    private String call() {
        return head.target().substring(PATH.length());
    }

    private boolean isMethod(String method) {
        if (head.method().equals(method)) {
            return true;
        }
        refuse(405, "This call takes " + method + " alone.");
        return false;
    }

    private void collect() {
        if (head.contentLength() > RemoteEdges.MAX_CONTENT) {
            tooLarge();
        } else if (head.hasContent()) {
            collected = new Collected(head.contentLength());
            client.wantContent(true);
        } else {
            take(NOTHING);
        }
    }

    @Override
    public void content(ByteBuf part, boolean last) {
        Collected into = collected;
        if (into == null || over) {
            part.release();
            return;
        }
        boolean fits = into.size() + (long) part.readableBytes() <= RemoteEdges.MAX_CONTENT;
        if (fits) {
            into.add(part);
        }
        part.release();
        if (!fits) {
            collected = null;
            client.wantContent(false);
            tooLarge();
        } else if (last) {
            collected = null;
            take(into.bytes());
        }
    }

    private void tooLarge() {
        refuse(413, "A call has at most " + RemoteEdges.MAX_CONTENT + " bytes.");
    }

    private void take(byte[] content) {
        if (call().equals(ANSWERS)) {
            answerBy(() -> services.edges().offer(content));
        } else {
            String batch = head.fields().combined("fleet-batch");
            answerBy(() -> services.edges().usage(batch, content));
        }
    }

    private void answerBy(Supplier<RemoteEdges.Answer> work) {
        try {
            services.edgeCalls().run(() -> {
                RemoteEdges.Answer answer = answered(work);
                loop.executor.execute(() -> answer(answer.status(), answer.fields(), answer.content()));
            });
        } catch (RejectedExecutionException tooMany) {
            refuse(503, "Too many edges call at once; come again in a second.");
        }
    }

    private RemoteEdges.Answer answered(Supplier<RemoteEdges.Answer> work) {
        try {
            return work.get();
        } catch (RuntimeException fault) {
            log.error("the call {} of an edge failed by a fault of the fleet", head.id(), fault);
            return new RemoteEdges.Answer(
                    500,
                    Fields.of("content-type", "application/problem+json"),
                    Refusal.problem(500, "The fleet failed; its log says more."));
        }
    }

    private void refuse(int status, String detail) {
        Fields.Builder fields = Fields.builder().add("content-type", "application/problem+json");
        if (status == 503) {
            fields.add("retry-after", "1");
        }
        answer(status, fields.build(), Refusal.problem(status, detail));
    }

    private void answer(int status, Fields fields, byte[] content) {
        if (over) {
            return;
        }
        over = true;
        Fields.Builder all = Fields.builder();
        fields.forEach(all::add);
        all.add("cache-control", "no-store").add("x-request-id", head.id());
        boolean none = status == 204 || status == 304;
        client.answer(status, all.build(), null, none ? -1 : content.length, none ? NOTHING : content);
        client.flush();
    }

    @Override
    public void gone(int told) {
        over = true;
    }

    @Override
    public void writableAgain() {}
}
