package dev.freefleet.gateway;

import dev.freefleet.edge.Event;
import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection to the origin: in use by one call, or kept idle. Bytes that no request asked for end it, so
 * that no answer can be taken for another's. An end of the connection that is no orderly one (a reset) never ends an
 * answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel, which is told
final class OriginConnection extends ChannelInboundHandlerAdapter implements Loop.Timed, OriginDecoder.Owner {
    private static final int MAX_INTERIM = 100;

    private final OriginClient client;
    private final Loop loop;
    private final Channel channel;
    private final boolean secure;
    private final OriginDecoder decoder;
    private final OriginOutput output;
    private @Nullable OriginCall call;
    private @Nullable OriginFraming framing;
    private boolean used;
    private boolean gotBytes;
    private boolean reading = true;
    private boolean interim;
    private boolean switching;
    private Fields switchFields = Fields.empty();
    private int interims;
    private boolean stray;
    private boolean finished;
    private boolean secureEnd;
    private long contentBytes;
    private long movedNanos;

    OriginConnection(OriginClient client, Loop loop, Channel channel, boolean secure) {
        this.client = client;
        this.loop = loop;
        this.channel = channel;
        this.secure = secure;
        this.movedNanos = loop.nanos();
        this.decoder = new OriginDecoder(this, client.config().maxHeadBytes());
        this.output = new OriginOutput(client, loop, channel);
        loop.watch(this);
    }

    /** The decoder that goes before this handler. */
    ChannelHandler decoder() {
        return decoder;
    }

    @Override
    public void gotBytes() {
        gotBytes = true;
        movedNanos = loop.nanos();
    }

    @Override
    public boolean awaitsAnswer() {
        return call != null && !finished;
    }

    @Override
    public boolean answersHead() {
        return call != null && call.ask().request().method().equals("HEAD");
    }

    @Override
    public void gotStrayBytes() {
        stray = true;
        if (call == null) {
            channel.close();
        }
    }

    void send(OriginCall newCall) {
        call = newCall;
        framing = null;
        gotBytes = false;
        interim = false;
        interims = 0;
        contentBytes = 0;
        movedNanos = loop.nanos();
        output.request(newCall.ask(), used);
    }

    boolean writable() {
        return channel.isWritable();
    }

    void upload(ByteBuf part, boolean last) {
        movedNanos = loop.nanos();
        output.upload(part, last);
    }

    void read(boolean wanted) {
        if (reading != wanted) {
            reading = wanted;
            movedNanos = loop.nanos();
            channel.config().setAutoRead(wanted);
        }
    }

    void close() {
        call = null;
        channel.close();
    }

    /** Gives the connection away after a right 101: this handler gets its bytes from now on, those at once that came. */
    void release(ChannelHandler next) {
        call = null;
        loop.unwatch(this);
        channel.pipeline().remove(this);
        channel.pipeline().addLast(next);
        channel.pipeline().remove(decoder);
    }

    Channel channel() {
        return channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        OriginCall now = call;
        if (now != null && message instanceof HttpResponse response) {
            head(now, response);
        } else if (call != null && message instanceof HttpContent content) {
            content(content);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void head(OriginCall asker, HttpResponse response) {
        HeadFields fields = (HeadFields) response.headers();
        int status = response.status().code();
        switching = status == 101
                && !response.decoderResult().isFailure()
                && asker.ask().request().webSocket()
                && WebSocketHandshake.isAccepted(asker.ask().request().fields(), fields.fields());
        if (switching) {
            switchFields = fields.fields();
            return;
        }
        if (response.decoderResult().isFailure() || status < 100 || status == 101 || status > 599) {
            lose(Event.Failure.BROKEN);
            return;
        }
        interim = status < 200;
        if (interim) {
            if (++interims > MAX_INTERIM || fields.transferEncoding() != null) {
                lose(Event.Failure.BROKEN);
            } else {
                asker.interim(status, fields.fields());
            }
            return;
        }
        boolean http11 = response.protocolVersion().equals(HttpVersion.HTTP_1_1);
        OriginFraming found = OriginFraming.of(
                status, http11, fields, answersHead(), asker.ask().request().readsUnknownCodings());
        if (found == null || found.length() > client.config().maxBodyBytes()) {
            lose(Event.Failure.BROKEN);
            return;
        }
        framing = found;
        asker.head(status, fields.fields(), found.length());
    }

    private void content(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        ByteBuf part = content.content();
        if (content.decoderResult().isFailure()) {
            part.release();
            lose(Event.Failure.BROKEN);
            return;
        }
        if (switching && call != null) {
            part.release();
            call.head(101, switchFields, -1);
            return;
        }
        if (interim) {
            part.release();
            interim = !last;
            return;
        }
        contentBytes += part.readableBytes();
        if (call == null || contentBytes > client.config().maxBodyBytes()) {
            part.release();
            lose(Event.Failure.BROKEN);
            return;
        }
        if (part.isReadable()) {
            call.content(part);
        } else {
            part.release();
        }
        if (call == null) {
            return;
        }
        if (last) {
            last();
        } else if (call.isFutile()) {
            lose(Event.Failure.BROKEN);
        }
    }

    /** The decoder has met the answer's end. */
    private void last() {
        if ((framing != null && framing.delimited()) || (channel.isActive() && (!secure || secureEnd))) {
            // Told at the end of this read: what else is in it was not asked for, and must meet no other call.
            finished = true;
        } else {
            lose(Event.Failure.BROKEN); // no orderly end, which would have left our side of the connection open
        }
    }

    private void ended() {
        OriginCall done = call;
        OriginFraming of = framing;
        call = null;
        finished = false;
        used = true;
        if (!reading) {
            read(true);
        }
        if (of != null && of.persistent() && !stray && output.isDone() && channel.isActive()) {
            client.keep(loop, this);
        } else {
            channel.close();
        }
        if (done != null) {
            boolean delimited = of != null && of.delimited();
            done.end(delimited ? OriginListener.Ending.DELIMITED : OriginListener.Ending.CLOSED);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (finished) {
            ended();
        } else if (call != null) {
            call.readComplete();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            endedByTls();
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            if (finished) {
                ended();
            }
            lose(Event.Failure.BROKEN);
        }
    }

    /** A closure alert; what ends without one may have been cut off by anybody (RFC 9112 section 9.8). */
    private void endedByTls() {
        secureEnd = true;
        stray = true; // nothing more can be asked on it
        if (call != null && (finished || (framing != null && !framing.delimited()))) {
            ended();
        }
        lose(Event.Failure.BROKEN);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (call != null && channel.isWritable()) {
            movedNanos = loop.nanos();
            call.writableAgain();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        loop.unwatch(this);
        loop.idle.remove(this);
        lose(Event.Failure.BROKEN);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean byTls = cause.getCause() instanceof SSLException;
        if (byTls) {
            client.dialer().trouble().tell(cause); // TLS 1.3 tells after the handshake what it thinks of ours
        }
        boolean refused = byTls && !used && !gotBytes; // else the request may have been worked on
        lose(refused ? Event.Failure.UNREACHABLE : Event.Failure.BROKEN);
    }

    private void lose(Event.Failure failure) {
        OriginCall lost = call;
        call = null;
        channel.close();
        if (lost != null) {
            lost.lost(used && !gotBytes, output.isUnsent(), failure);
        }
    }

    @Override
    public void checkTime(long nowNanos) {
        long quiet = nowNanos - movedNanos;
        if (call == null) {
            if (channel.isActive() && quiet > client.config().idle().toNanos()) {
                channel.close();
            }
        } else if (reading
                && framing != null // until the head has come, the call's own time counts
                && quiet > client.config().stall().toNanos()) {
            lose(Event.Failure.TIMEOUT);
        }
    }
}
