package dev.freefleet.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The shapes of what calls take and answer, as JSON Schema (draft 2020-12, which OpenAPI 3.1 uses). Each is a list of members:
 * {@code name type}, where a name that ends in {@code ?} may be missing and a type that ends in {@code ?} may be null.
 */
final class Schemas {
    private static final String SETTINGS = """
            plan? string?
            scopes? [string]?
            rate? string?
            quotas? [string]?
            addresses? [string]?
            max_concurrent? integer?
            expires_at? time?
            """;

    private Schemas() {}

    /** All of them by name. */
    static ObjectNode all() {
        ObjectNode all = Json.object();
        answers(all);
        orders(all);
        return all;
    }

    private static void answers(ObjectNode all) {
        answer(all, "Problem", """
                type string
                title string
                status integer
                detail string
                problems? [ImportProblem]
                """);
        answer(all, "ImportProblem", "index integer\ndetail string");
        answer(all, "OpenApi", "openapi string");
        answer(all, "Health", "status string\nparts [Part]");
        answer(all, "Part", "name string\nstatus string\ndetail string");
        answer(all, "Status", """
                status string
                parts [Part]
                version string
                started_at time
                gateway string
                figures numbers
                """);
        answer(all, "User", """
                id integer
                name string
                email string?
                created_at time
                disabled_at time?
                """);
        answer(all, "Users", "users [User]");
        answer(all, "Forgotten", "user_id integer\ndry_run boolean\nplaces [Place]");
        answer(all, "Place", "name string\nwhat string\ncount integer\ndetail string");
        answer(all, "Key", key());
        answer(all, "NewKey", key() + "key string");
        answer(all, "Keys", "keys [Key]");
        answer(all, "Imported", "keys integer\nnew_users [string]\ndry_run boolean");
        answer(all, "Secrets", "secrets [Secret]");
        answer(all, "Secret", "version integer\ncurrent boolean\nkeys integer");
        answer(all, "AuditEntry", """
                id integer
                time time
                actor string
                action string
                user_id integer?
                user string?
                key_id integer?
                details texts
                """);
        answer(all, "Audit", "entries [AuditEntry]");
        answer(all, "CacheFigures", "requests numbers\nmemory numbers\ndisk numbers?");
        answer(all, "StoredAnswer", """
                key string
                route string
                status integer
                tier string
                stored_at time
                age integer
                ttl integer
                fresh boolean
                bytes integer
                content_type string
                index_version string
                variant string
                tags [string]
                """);
        answer(all, "StoredAnswers", "answers [StoredAnswer]");
        answer(all, "Purged", "removed integer");
        work(all);
        usage(all);
    }

    private static void work(ObjectNode all) {
        answer(all, "Run", """
                id string
                job string
                scheduled_for time
                started_at time
                finished_at time?
                started_by string
                node string
                missed integer
                outcome string
                summary string?
                """);
        answer(all, "Runs", "runs [Run]");
        answer(all, "Job", """
                name string
                description string
                schedule string
                zone string
                next time?
                state string
                paused_at time?
                missed integer
                failures integer
                last_success time?
                last Run?
                """);
        answer(all, "Jobs", "jobs [Job]");
        answer(all, "Asked", "run string");
        answer(all, "Changed", "changed boolean");
    }

    private static void usage(ObjectNode all) {
        answer(all, "UsageLine", """
                name string
                requests integer
                bytes_in integer
                bytes_out integer
                origin_requests integer
                origin_us integer
                latency_us integer
                latency_max_us integer
                p50_us integer
                p90_us integer
                p99_us integer
                """);
        answer(all, "UsageSummary", "lines [UsageLine]");
        answer(all, "UsageUser", """
                user_id integer
                name string?
                requests integer
                errors integer
                cache_hits integer
                bytes_in integer
                bytes_out integer
                latency_us integer
                latency_max_us integer
                """);
        answer(all, "UsageUsers", "users [UsageUser]");
        answer(all, "UsageQuery", """
                digest string
                text string?
                requests integer
                cache_hits integer
                latency_us integer
                """);
        answer(all, "UsageQueries", "queries [UsageQuery]");
        answer(all, "UsageEvent", """
                id string
                time time
                user_id integer?
                key_id integer?
                route string
                method string
                status integer
                cache string
                latency_us integer
                origin_us integer
                bytes_in integer
                bytes_out integer
                query_digest string?
                query_text string?
                node string
                """);
        answer(all, "UsageEvents", "events [UsageEvent]");
        answer(all, "UsageExportEnd", "end integer");
        answer(all, "UsageExportBreak", "error string");
        ArrayNode line = all.putObject("UsageExport").putArray("anyOf");
        for (String one : List.of("UsageEvent", "UsageExportEnd", "UsageExportBreak")) {
            line.add(plain(one));
        }
    }

    private static String key() {
        return """
                id integer
                user string
                user_disabled boolean
                name string
                plan string
                scopes [string]
                rate string?
                quotas [string]
                addresses [string]
                max_concurrent integer?
                created_at time
                expires_at time?
                revoked_at time?
                replaced_by integer?
                last_used time?
                imported boolean
                secret_version integer?
                """;
    }

    private static void orders(ObjectNode all) {
        order(all, "Nothing", "");
        order(all, "UserOrder", "name string\nemail? string?");
        order(all, "UserName", "name string");
        order(all, "UserDeletion", "name string\nforce? boolean?");
        order(all, "ForgetOrder", "name? string?\nuser_id? integer?\ndry_run? boolean?");
        order(all, "KeyOrder", "user string\nname string\n" + SETTINGS);
        order(all, "KeySettings", "name? string\n" + SETTINGS);
        order(all, "Force", "force? boolean?");
        order(all, "Rotation", "grace_seconds? integer?\nexpires_at? time?");
        order(all, "Import", "keys [ImportedKey]\nmake_users? boolean?\nnames_like_keys? boolean?\ndry_run? boolean?");
        order(all, "ImportedKey", "user string\nname string\nsha256 string\n" + SETTINGS);
        order(all, "Purge", "tag? string\nroute? string\nkey? string\nall? boolean");
    }

    /** Answers may grow: who reads them has to skip members that it does not know. */
    private static void answer(ObjectNode all, String name, String members) {
        object(all, name, members);
    }

    private static void order(ObjectNode all, String name, String members) {
        object(all, name, members).put("additionalProperties", false);
    }

    private static ObjectNode object(ObjectNode all, String name, String members) {
        ObjectNode schema = all.putObject(name).put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.object().putArray("required");
        for (String line : members.lines().filter(line -> !line.isBlank()).toList()) {
            List<String> words = List.of(line.split(" ", -1));
            String member = words.getFirst();
            boolean optional = member.endsWith("?");
            String plain = optional ? member.substring(0, member.length() - 1) : member;
            properties.set(plain, type(words.get(1)));
            if (!optional) {
                required.add(plain);
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    private static ObjectNode type(String written) {
        boolean nullable = written.endsWith("?");
        String name = nullable ? written.substring(0, written.length() - 1) : written;
        ObjectNode type = plain(name);
        if (nullable && type.has("$ref")) {
            ObjectNode either = Json.object();
            either.putArray("anyOf").add(type).addObject().put("type", "null");
            return either;
        }
        if (nullable) {
            String simple = type.path("type").asText();
            type.putArray("type").add(simple).add("null");
        }
        return type;
    }

    private static ObjectNode plain(String name) {
        if (name.startsWith("[")) {
            ObjectNode array = Json.object().put("type", "array");
            array.set("items", plain(name.substring(1, name.length() - 1)));
            return array;
        }
        return switch (name) {
            case "string", "integer", "boolean" -> Json.object().put("type", name);
            case "time" -> Json.object().put("type", "string").put("format", "date-time");
            case "numbers" -> map("integer");
            case "texts" -> map("string");
            default -> Json.object().put("$ref", "#/components/schemas/" + name);
        };
    }

    private static ObjectNode map(String values) {
        ObjectNode map = Json.object().put("type", "object");
        map.putObject("additionalProperties").put("type", values);
        return map;
    }
}
