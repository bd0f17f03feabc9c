package dev.freefleet.data;

/** The ways into one database; with one role they are all the same. */
record Logins(Login main, Login owner, Login ingest, Login read) {
    static Logins of(DataConfig.External external) {
        DataConfig.Roles roles = external.roles();
        return new Logins(
                external.login(roles.main()),
                external.login(roles.migrate()),
                external.login(roles.ingest()),
                external.login(roles.read()));
    }

    static Logins one(Login login) {
        return new Logins(login, login, login, login);
    }
}
