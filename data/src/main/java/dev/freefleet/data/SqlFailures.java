package dev.freefleet.data;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Says in a sentence what PostgreSQL or its driver said in a code (PostgreSQL manual, appendix A). */
final class SqlFailures {
    private SqlFailures() {}

    static DataException translate(Throwable thrown, Login login) {
        @Nullable SQLException sql = sqlException(thrown);
        if (sql == null) {
            return new DataException(
                    DataException.Kind.UNUSABLE, "The database " + login + " failed: " + thrown, thrown);
        }
        String state = state(sql);
        String where = Login.describe(login.url());
        @Nullable String distrust = distrust(sql);
        if (distrust != null) {
            return unusable(
                    "PostgreSQL at " + where + " is not trusted: " + distrust
                            + "; name the issuer of its certificate with sslrootcert=FILE in the URL, and its host as the"
                            + " certificate does.",
                    sql);
        }
        return switch (state) {
            case "28P01", "28000" ->
                unusable(
                        "PostgreSQL at " + where + " refused the user " + login.user()
                                + "; check the user and the password in the configuration.",
                        sql);
            case "3D000" -> unusable("PostgreSQL has no database " + where + "; create it, or correct the URL.", sql);
            case "42501" ->
                unusable(
                        "The role " + login.user() + " may not do what the fleet needs in " + where + " ("
                                + message(sql) + "); make it the owner of its schema.",
                        sql);
            case "53100" -> unavailable("PostgreSQL at " + where + " has no disk space left; make room there.", sql);
            case "53300" ->
                unavailable(
                        "PostgreSQL at " + where + " is out of connections; raise max_connections or lower the pool.",
                        sql);
            case "57P03" -> unavailable("PostgreSQL at " + where + " is starting or stopping; try again shortly.", sql);
            default ->
                isUnavailable(sql)
                        ? unavailable(
                                "PostgreSQL at " + where
                                        + " cannot be reached; check that it runs and that the URL is right.",
                                sql)
                        : unusable("PostgreSQL at " + where + " failed: " + message(sql) + " (" + state + ").", sql);
        };
    }

    /** Why a server's TLS is not good enough, or null where that is not what is wrong. */
    private static @Nullable String distrust(SQLException e) {
        for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof CertificateException || t instanceof CertPathBuilderException) {
                return "its certificate comes from no issuer that is known here";
            }
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("HostnameVerifier") || message.contains("hostnameverifier")) {
            return "its certificate is for another name";
        }
        return message.contains("SSL") && state(e).equals("08004") ? "it does not offer TLS" : null;
    }

    /** Whether the failure is of the connection or the server's state, so that the same statement may succeed later. */
    static boolean isUnavailable(SQLException e) {
        String state = state(e);
        return e instanceof SQLTransientConnectionException
                || state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57")
                || state.startsWith("58")
                || state.startsWith("XX");
    }

    static String state(SQLException e) {
        @Nullable String state = e.getSQLState();
        if (state != null) {
            return state;
        }
        return e.getCause() instanceof SQLException cause ? state(cause) : "08000";
    }

    /** The server's one-line message alone: never its detail, which may quote a row. */
    static String message(SQLException e) {
        @Nullable ServerErrorMessage server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        @Nullable String message = server == null ? e.getMessage() : server.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    static @Nullable SQLException sqlException(Throwable thrown) {
        for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static DataException unusable(String message, Throwable cause) {
        return new DataException(DataException.Kind.UNUSABLE, message, cause);
    }

    private static DataException unavailable(String message, Throwable cause) {
        return new DataException(DataException.Kind.UNAVAILABLE, message, cause);
    }
}
