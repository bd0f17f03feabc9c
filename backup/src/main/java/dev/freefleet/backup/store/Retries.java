package dev.freefleet.backup.store;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.BackupException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Tries requests again after faults that pass, with exponential backoff and full jitter, and counts every attempt against
 * a budget. The SDK's own retries are off, since they could not be counted.
 */
final class Retries {
    private final S3Settings settings;
    private final String where;
    private final LongUnaryOperator randomBelow;
    private final Sleeper sleeper;
    private final AtomicLong requests = new AtomicLong();

    /** Waits. */
    interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    Retries(S3Settings settings, String where, LongUnaryOperator randomBelow, Sleeper sleeper) {
        this.settings = settings;
        this.where = where;
        this.randomBelow = randomBelow;
        this.sleeper = sleeper;
    }

    long requests() {
        return requests.get();
    }

    <T> T run(String what, String name, Supplier<T> request) {
        for (int attempt = 1; ; attempt++) {
            if (requests.incrementAndGet() > settings.requestBudget()) {
                requests.decrementAndGet();
                throw new BackupException(
                        Reason.BUDGET_EXHAUSTED,
                        name,
                        where + ": the budget of " + settings.requestBudget() + " requests is used up before " + what
                                + " " + name + ". Run again tomorrow, or raise the budget.",
                        null);
            }
            try {
                return request.get();
            } catch (SdkException e) {
                if (!passing(e) || attempt >= settings.attempts()) {
                    throw failed(what, name, attempt, e);
                }
            }
            pause(attempt, what, name);
        }
    }

    private void pause(int attempt, String what, String name) {
        long cap = settings.maxBackoff().toMillis();
        long ceiling = Math.min(cap, settings.firstBackoff().toMillis() << Math.min(attempt - 1, 20));
        try {
            sleeper.sleep(Duration.ofMillis(randomBelow.applyAsLong(ceiling + 1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException(
                    Reason.CANCELLED, name, where + ": interrupted while waiting to " + what + " " + name, e);
        }
    }

    private static boolean passing(SdkException e) {
        return switch (e) {
            case S3Exception s ->
                (s.statusCode() >= 500 && s.statusCode() != 501 && s.statusCode() != 507)
                        || s.statusCode() == 429
                        || s.statusCode() == 409
                        || s.statusCode() == 408
                        || s.isThrottlingException();
            case SdkClientException c -> true;
            default -> e.retryable();
        };
    }

    private BackupException failed(String what, String name, int attempts, SdkException e) {
        if (e instanceof S3Exception s) {
            if (s.statusCode() == 404) {
                return new BackupException(Reason.MISSING, name, name + " is not in " + where, e);
            }
            String code = s.awsErrorDetails() == null
                    ? ""
                    : String.valueOf(s.awsErrorDetails().errorCode());
            if (s.statusCode() == 507 || code.contains("Quota") || code.contains("StorageFull")) {
                return new BackupException(
                        Reason.STORE_FULL,
                        name,
                        where + " is full: cannot " + what + " " + name + " (" + code + "). Make room and run again.",
                        e);
            }
            if (s.statusCode() == 401 || s.statusCode() == 403) {
                return new BackupException(
                        Reason.REFUSED,
                        name,
                        where + " refuses to " + what + " " + name + " (" + s.statusCode() + " " + code
                                + "). Check the access key and what it may do.",
                        e);
            }
        }
        return new BackupException(
                Reason.STORE_UNAVAILABLE,
                name,
                where + ": cannot " + what + " " + name + " after " + attempts + " attempts (" + e.getMessage()
                        + "). What is stored stands; run again when the store answers.",
                e);
    }
}
