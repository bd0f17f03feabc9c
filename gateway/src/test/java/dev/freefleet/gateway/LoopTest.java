package dev.freefleet.gateway;

import dev.freefleet.testkit.Await;
import io.netty.channel.DefaultEventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private final DefaultEventLoop executor = new DefaultEventLoop();

    @AfterEach
    void stop() {
        executor.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aFaultInOneCheckEndsNoOther() {
        AtomicInteger faults = new AtomicInteger();
        AtomicInteger checked = new AtomicInteger();
        Loop loop = new Loop(executor, Sources.system());
        loop.run(() -> {
            loop.watch(nowNanos -> {
                faults.incrementAndGet();
                throw new IllegalStateException("a fault");
            });
            loop.watch(nowNanos -> checked.incrementAndGet());
        });
        Await.until("the others are checked again and again", () -> faults.get() > 1 && checked.get() > 2);
    }
}
