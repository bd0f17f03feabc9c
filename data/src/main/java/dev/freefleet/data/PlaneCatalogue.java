package dev.freefleet.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which tables the schema has, as one transaction sees them. */
final class PlaneCatalogue {
    /** Flyway's record is made by the migrations; db-scheduler's executions belong to the fleets that run now. */
    static final Set<String> LEFT_OUT = Set.of("fleet_schema_history", "scheduled_tasks");

    private static final String TABLES = """
            select c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid),
                   array_to_string(array(select a.attname from pg_attribute a
                                         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                                           and a.attgenerated = '' order by a.attnum), ',')
            from pg_class c
                left join pg_inherits i on i.inhrelid = c.oid
                left join pg_class p on p.oid = i.inhparent
            where c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
              and c.relkind = 'r'
              -- a day that was detached is about to be dropped
              and (p.relname is not null or c.relname !~ '^usage_logs_[0-9]{8}$')
            order by c.relname""";
    private static final String REFERENCES = """
            select c.relname, r.relname from pg_constraint k
                join pg_class c on c.oid = k.conrelid join pg_class r on r.oid = k.confrelid
            where k.contype = 'f' and c.oid <> r.oid
              and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())""";
    private static final String IDENTITIES = """
            select c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
            from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
              and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
              and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null
            order by 1, 2""";

    private final Connection connection;

    PlaneCatalogue(Connection connection) {
        this.connection = connection;
    }

    PlaneManifest read() throws SQLException {
        return new PlaneManifest(schema(), ordered(tables(), references()), sequences());
    }

    /** The last migration that was applied. */
    int schema() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select coalesce(max(version::numeric), 0)::int from fleet_schema_history where success")) {
            row.next();
            return row.getInt(1);
        }
    }

    private Map<String, PlaneTable> tables() throws SQLException {
        Map<String, PlaneTable> tables = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                String name = rows.getString(1);
                if (!LEFT_OUT.contains(name)) {
                    @Nullable String parent = rows.getString(2);
                    @Nullable String bound = parent == null ? null : rows.getString(3);
                    tables.put(
                            name, new PlaneTable(name, List.of(rows.getString(4).split(",", -1)), parent, bound));
                }
            }
        }
        return tables;
    }

    private Map<String, Set<String>> references() throws SQLException {
        Map<String, Set<String>> references = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(REFERENCES)) {
            while (rows.next()) {
                references
                        .computeIfAbsent(rows.getString(1), name -> new LinkedHashSet<>())
                        .add(rows.getString(2));
            }
        }
        return references;
    }

    /** What is referred to comes before what refers to it. */
    private static List<PlaneTable> ordered(Map<String, PlaneTable> tables, Map<String, Set<String>> references) {
        Set<String> done = new LinkedHashSet<>();
        for (String name : tables.keySet()) {
            visit(name, references, done, new LinkedHashSet<>());
        }
        List<PlaneTable> ordered = new ArrayList<>();
        for (String name : done) {
            PlaneTable table = tables.get(name);
            if (table != null) {
                ordered.add(table);
            }
        }
        return ordered;
    }

    private static void visit(String name, Map<String, Set<String>> references, Set<String> done, Set<String> above) {
        if (done.contains(name) || !above.add(name)) {
            return;
        }
        references.getOrDefault(name, Set.of()).forEach(other -> visit(other, references, done, above));
        done.add(name);
    }

    private List<PlaneManifest.Sequence> sequences() throws SQLException {
        List<PlaneManifest.Sequence> sequences = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(IDENTITIES)) {
            while (rows.next()) {
                if (!LEFT_OUT.contains(rows.getString(1))) {
                    sequences.add(sequence(rows.getString(1), rows.getString(2), rows.getString(3)));
                }
            }
        }
        return sequences;
    }

    private PlaneManifest.Sequence sequence(String table, String column, String sequence) throws SQLException {
        // The catalogue quotes the sequence's name itself.
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select last_value, is_called from " + sequence)) {
            row.next();
            return new PlaneManifest.Sequence(table, column, row.getLong(1), row.getBoolean(2));
        }
    }
}
