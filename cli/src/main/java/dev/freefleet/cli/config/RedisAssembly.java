package dev.freefleet.cli.config;

import dev.freefleet.gateway.RedisConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes what the gateway needs to know of the Redis that several share, and checks what the values say together. */
final class RedisAssembly {
    private static final List<Setting<?>> OTHERS = List.of(
            Settings.REDIS_USER,
            Settings.REDIS_PASSWORD,
            Settings.REDIS_CA,
            Settings.REDIS_TIMEOUT,
            Settings.REDIS_ANSWER_TTL,
            Settings.REDIS_MAX_ANSWER);

    private final Values values;

    RedisAssembly(Values values) {
        this.values = values;
    }

    /** Null where there is none. */
    @Nullable
    RedisConfig redis() {
        URI url = values.find(Settings.REDIS_URL);
        return url == null
                ? null
                : new RedisConfig(
                        url,
                        values.find(Settings.REDIS_USER),
                        values.find(Settings.REDIS_PASSWORD),
                        values.find(Settings.REDIS_CA),
                        values.get(Settings.REDIS_TIMEOUT),
                        values.get(Settings.REDIS_ANSWER_TTL),
                        Math.toIntExact(values.get(Settings.REDIS_MAX_ANSWER)));
    }

    void check() {
        URI url = values.find(Settings.REDIS_URL);
        if (url == null) {
            for (Setting<?> setting : OTHERS) {
                if (!(values.source(setting) instanceof Source.Standard)) {
                    problem(setting, "is for the Redis behind redis.url, which is missing");
                }
            }
            return;
        }
        if (values.find(Settings.REDIS_USER) != null && values.find(Settings.REDIS_PASSWORD) == null) {
            problem(Settings.REDIS_USER, "needs redis.password");
        }
        Path ca = values.find(Settings.REDIS_CA);
        if (ca != null && !"rediss".equals(url.getScheme())) {
            problem(Settings.REDIS_CA, "is for a redis.url that begins with rediss://");
        } else if (ca != null && !Files.isReadable(ca)) {
            problem(Settings.REDIS_CA, ca + (Files.exists(ca) ? " cannot be read" : " does not exist"));
        }
    }

    private void problem(Setting<?> setting, String text) {
        values.problem(values.source(setting), setting.path(), text);
    }
}
