package dev.freefleet.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What differs at one path between two snapshots.
 *
 * @param kind what became of it
 * @param before the entry in the first; null if it was added
 * @param after the entry in the second; null if it was removed
 */
public record Difference(
        Kind kind, @Nullable Entry before, @Nullable Entry after) {
    /** What became of an entry. */
    public enum Kind {
        ADDED,
        REMOVED,
        /** Its content, type or target. */
        CHANGED,
        /** Its mode, owner or time of modification only. */
        TOUCHED
    }

    /** Returns the path as text. */
    public String name() {
        Entry e = after == null ? before : after;
        return e == null ? "" : e.name();
    }

    /** Both lists in the order of {@link Entry#comparePaths}, except those of tars, which are sorted here. */
    static void between(ChunkReader reader, Snapshot before, Snapshot after, Consumer<Difference> each) {
        Iterator<Entry> left = entries(reader, before);
        Iterator<Entry> right = entries(reader, after);
        Entry a = next(left);
        Entry b = next(right);
        while (a != null || b != null) {
            int order = a == null ? 1 : b == null ? -1 : Entry.comparePaths(a.path(), b.path());
            if (order < 0) {
                each.accept(new Difference(Kind.REMOVED, a, null));
                a = next(left);
            } else if (order > 0) {
                each.accept(new Difference(Kind.ADDED, null, b));
                b = next(right);
            } else {
                Kind kind = a == null || b == null ? null : compare(a, b);
                if (kind != null) {
                    each.accept(new Difference(kind, a, b));
                }
                a = next(left);
                b = next(right);
            }
        }
    }

    private static Iterator<Entry> entries(ChunkReader reader, Snapshot s) {
        if (s.kind() != Snapshot.Kind.TAR) {
            return reader.entries(s);
        }
        List<Entry> all = new ArrayList<>();
        reader.entries(s).forEachRemaining(all::add);
        all.sort((x, y) -> Entry.comparePaths(x.path(), y.path()));
        return all.iterator();
    }

    private static @Nullable Entry next(Iterator<Entry> i) {
        return i.hasNext() ? i.next() : null;
    }

    private static @Nullable Kind compare(Entry a, Entry b) {
        boolean member = a.type() == Entry.Type.MEMBER && b.type() == Entry.Type.MEMBER;
        boolean sameContent = member
                ? a.size() == b.size() && a.modified().equals(b.modified())
                : a.content().equals(b.content());
        if (a.type() != b.type() || !sameContent || !Arrays.equals(a.target(), b.target())) {
            return Kind.CHANGED;
        }
        boolean touched = a.mode() != b.mode()
                || a.uid() != b.uid()
                || a.gid() != b.gid()
                || !a.modified().equals(b.modified());
        return touched ? Kind.TOUCHED : null;
    }
}
