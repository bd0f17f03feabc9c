package dev.freefleet.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class TogetherTest {
    @Test
    void bothRunAtTheSameTime() {
        CountDownLatch met = new CountDownLatch(2);
        Together.Both<String, Integer> both = Together.start(
                () -> {
                    met.countDown();
                    met.await();
                    return "a";
                },
                () -> {
                    met.countDown();
                    met.await();
                    return 1;
                },
                () -> {});
        assertThat(both).isEqualTo(new Together.Both<>("a", 1));
    }

    @Test
    void theFailureIsToldAndNotWhatItMadeOfTheOther() {
        for (boolean firstFails : new boolean[] {true, false}) {
            Parts parts = new Parts();
            CountDownLatch failed = new CountDownLatch(1);
            Callable<Object> failing = () -> {
                throw new IllegalArgumentException("damaged");
            };
            Callable<Object> other = () -> {
                failed.await();
                return parts.add(() -> {});
            };
            assertThatThrownBy(() -> Together.start(firstFails ? failing : other, firstFails ? other : failing, () -> {
                        parts.close();
                        failed.countDown();
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("damaged");
        }
    }

    @Test
    void partsAreClosedInTheReverseOrderAndOneThatFailsKeepsNoneFromIt() {
        List<String> closed = new ArrayList<>();
        Parts parts = new Parts();
        parts.add(() -> closed.add("first"));
        parts.add(() -> {
            throw new IllegalStateException("stuck");
        });
        parts.add(() -> closed.add("last"));
        parts.close();
        parts.close();
        assertThat(closed).containsExactly("last", "first");
        assertThatThrownBy(() -> parts.add(() -> closed.add("late"))).isInstanceOf(CancellationException.class);
        assertThat(closed).last().isEqualTo("late");
    }
}
