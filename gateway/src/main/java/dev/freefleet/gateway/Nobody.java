package dev.freefleet.gateway;

import dev.freefleet.edge.Fields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The client of an exchange whose client left while others wait for the same answer. It takes everything. */
enum Nobody implements ClientStream {
    INSTANCE;

    @Override
    public void wantContent(boolean wanted) {}

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void interim(int status, Fields fields) {}

    @Override
    public void answer(int status, Fields fields, @Nullable EncodedLines stored, long length, byte[] content) {}

    @Override
    public void begin(int status, Fields fields, @Nullable EncodedLines stored, long length) {}

    @Override
    public void part(ByteBuf content) {
        content.release();
    }

    @Override
    public void end() {}

    @Override
    public @Nullable SocketChannel switchProtocol(Fields fields) {
        return null;
    }

    @Override
    public void breakOff() {}

    @Override
    public void flush() {}
}
