package dev.freefleet.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.gateway.RedisConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisCheckTest {
    @TempDir
    Path folder;

    private Loading yaml(String... lines) {
        return new Loading(folder).yaml(lines);
    }

    @Test
    void thereIsNoneByDefault() {
        assertThat(yaml("log: {level: warn}").config().redis()).isNull();
    }

    @Test
    void whatIsSaidIsTaken() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "hidden\n");
        Path ca = Files.writeString(folder.resolve("ca.pem"), "");
        RedisConfig redis = Objects.requireNonNull(yaml(
                        "redis:",
                        "  url: rediss://redis.example:6380/2",
                        "  user: fleet",
                        "  password: file:" + secret,
                        "  ca: ca.pem",
                        "  timeout: 20ms",
                        "  answer-ttl: 2h",
                        "  max-answer: 64KiB")
                .config()
                .redis());
        assertThat(redis)
                .isEqualTo(new RedisConfig(
                        URI.create("rediss://redis.example:6380/2"),
                        "fleet",
                        "hidden",
                        ca,
                        Duration.ofMillis(20),
                        Duration.ofHours(2),
                        64 << 10));
        assertThat(redis.toString()).doesNotContain("hidden");
        RedisConfig plain = Objects.requireNonNull(yaml("log: {level: warn}")
                .variable("FLEET_REDIS_URL", "redis://10.0.0.5")
                .config()
                .redis());
        assertThat(plain).isEqualTo(RedisConfig.of(URI.create("redis://10.0.0.5")));
    }

    @Test
    void aPasswordInTheUrlIsRefusedAndNotRepeated() {
        assertThat(yaml("redis: {url: \"redis://u:s3cret@host\"}").problems())
                .containsExactly(
                        "fleet.yaml:1: redis.url: the value holds a user or a password; write them as redis.user and"
                                + " redis.password");
    }

    @Test
    void whatIsNoRedisIsTold() {
        for (String url :
                new String[] {"http://host", "redis:host", "redis://host/x", "redis://host?timeout=1", "redis://"}) {
            assertThat(yaml("redis: {url: \"" + url + "\"}").problems())
                    .singleElement()
                    .asString()
                    .startsWith("fleet.yaml:1: redis.url: ")
                    .contains("write e.g. redis://redis.example:6379/0");
        }
    }

    @Test
    void whatDoesNotFitTogetherIsTold() {
        assertThat(yaml("redis:", "  password: hidden", "  timeout: 1s").problems())
                .containsExactly(
                        "fleet.yaml:2: redis.password: is for the Redis behind redis.url, which is missing",
                        "fleet.yaml:3: redis.timeout: is for the Redis behind redis.url, which is missing");
        assertThat(yaml("redis: {url: \"redis://host\", user: fleet, ca: gone.pem}")
                        .problems())
                .containsExactly(
                        "fleet.yaml:1: redis.user: needs redis.password",
                        "fleet.yaml:1: redis.ca: is for a redis.url that begins with rediss://");
        assertThat(yaml("redis: {url: \"rediss://host\", ca: gone.pem}").problems())
                .containsExactly("fleet.yaml:1: redis.ca: " + folder.resolve("gone.pem") + " does not exist");
    }
}
