package dev.freefleet.brain;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The calls of the Brain's API: where they are, by which methods, and for whom. */
enum Call {
    QUERY("/query", Auth.KEY, "GET, HEAD, POST, QUERY"),
    SMART("/query/smart", Auth.KEY, "POST"),
    ENTITIES("/entities", Auth.KEY, "POST"),
    INSIGHTS("/insights", Auth.KEY, "POST"),
    WISDOM("/wisdom", Auth.KEY, "POST"),
    HEALTH("/health", Auth.NONE, "GET, HEAD"),
    METRICS("/metrics", Auth.NONE, "GET, HEAD"),
    SNAPSHOT("/admin/snapshot", Auth.ADMIN, "GET");

    /** Who may call. */
    enum Auth {
        NONE,
        KEY,
        ADMIN
    }

    private final String path;
    private final Auth auth;
    private final String methods;

    Call(String path, Auth auth, String methods) {
        this.path = path;
        this.auth = auth;
        this.methods = methods;
    }

    static @Nullable Call ofPath(String path) {
        for (Call call : values()) {
            if (call.path.equals(path)) {
                return call;
            }
        }
        return null;
    }

    Auth auth() {
        return auth;
    }

    boolean allows(String method) {
        return (", " + methods + ", ").contains(", " + method + ", ");
    }

    /** For {@code Allow}. */
    String methods() {
        return methods + ", OPTIONS";
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
