package dev.freefleet.backup.format;

/** What an object of the repository is; part of what its encryption authenticates. */
public enum ObjectType {
    CONFIG(1),
    KEY(2),
    PACK(3),
    INDEX(4),
    SNAPSHOT(5),
    TRASH(6);

    private final int code;

    ObjectType(int code) {
        this.code = code;
    }

    /** Returns the number that stands for the type in an object's first bytes. */
    public int code() {
        return code;
    }
}
