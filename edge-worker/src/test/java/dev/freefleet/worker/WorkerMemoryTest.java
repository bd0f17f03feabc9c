package dev.freefleet.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.Await;
import dev.freefleet.testkit.RawClient;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An isolate has 128 MB for all that it does at once: contents that are kept whole may have a part of it, and no more. */
class WorkerMemoryTest {
    private static final int BYTES = 1_000_000;
    private static final int ROOM = Underway.MAX_BYTES / BYTES;

    /** A question's head alone: who is refused while they still send may lose the answer to a reset. */
    private static RawClient asks(WorkerUnderTest edge) throws Exception {
        return RawClient.connect(
                        new InetSocketAddress(edge.url().getHost(), edge.url().getPort()), 0, 60_000)
                .send("POST /query HTTP/1.1\r\nHost: worker\r\nX-API-Key: " + edge.key(1, "default")
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + BYTES + "\r\n\r\n");
    }

    private static String question(int number) {
        String begin = "{\"query\":\"" + number + " ";
        return begin + "a".repeat(BYTES - begin.length() - 2) + "\"}";
    }

    @Test
    void contentsThatAreTooMuchTogetherAreRefusedAndThereIsRoomAgainLater() throws Exception {
        try (WorkerUnderTest edge = WorkerUnderTest.start(exchange -> exchange.json("{}"))) {
            List<RawClient> held = new ArrayList<>();
            for (int i = 1; i <= ROOM; i++) {
                int now = i;
                held.add(asks(edge));
                Await.until("it is under way", () -> edge.metric("fleet_edge_requests_under_way") == now);
            }
            try (RawClient tooMuch = asks(edge)) {
                RawClient.Answer answer = tooMuch.answer();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.field("retry-after")).isEqualTo("1");
            }
            for (int i = 0; i < ROOM; i++) {
                assertThat(held.get(i).send(question(i)).answer().status()).isEqualTo(200);
                held.get(i).close();
            }
            try (RawClient later = asks(edge)) {
                assertThat(later.send(question(ROOM)).answer().status()).isEqualTo(200);
            }
        }
    }
}
