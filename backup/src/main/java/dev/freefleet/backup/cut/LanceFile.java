package dev.freefleet.backup.cut;

import dev.freefleet.backup.BackupException;
import dev.freefleet.backup.format.ByteReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the vectors in a Lance file (format 2.x), by the public specification of its footer ({@code protos/file2.proto}) and of its
 * encodings ({@code encodings_v2_0.proto}, {@code encodings_v2_1.proto}).
 *
 * <p>A vector column is a fixed-size list of fixed-width values; its page's buffer holds the rows one after the other. When
 * LanceDB compacts a table, or sorts it, the rows move as they are, so that chunks of one row each are found again.
 */
public final class LanceFile {
    /** What reads a part of the file. */
    public interface Part {
        /** Returns these bytes of the file. */
        byte[] read(long offset, int length) throws IOException;
    }

    /** Length of the footer. */
    public static final int FOOTER = 40;

    /** Rows shorter than this cost more to list than they save. */
    static final int MIN_ROW = 1024;

    /** Rows longer than this are cut by content. */
    static final int MAX_ROW = 256 << 10;

    private static final int MAX_METADATA = 16 << 20;
    private static final String NAME = "Lance file";

    /** A fixed-width layout: row length in bytes and whether the values are float32 from the first byte on. */
    private record Rows(long width, boolean float32, int buffer) {}

    private LanceFile() {}

    /**
     * Returns the regions of the file, in order and without gaps: its vectors by row, all else by content. A file that is not a
     * Lance file, is of an unknown version or is damaged is one region.
     */
    public static List<Region> regions(long size, Part part) throws IOException {
        List<Region> vectors = new ArrayList<>();
        try {
            if (size > FOOTER) {
                find(size, part, vectors);
            }
        } catch (BackupException damaged) {
            // By content, then: what the file means is not the backup's business.
            vectors.clear();
        }
        return fill(size, vectors);
    }

    private static void find(long size, Part part, List<Region> vectors) throws IOException {
        byte[] footer = part.read(size - FOOTER, FOOTER);
        if (!HexFormat.of().formatHex(footer, FOOTER - 4, FOOTER).equals("4c414e43")) {
            return;
        }
        ByteReader in = new ByteReader(NAME, footer);
        in.i64();
        long table = in.i64();
        in.i64();
        in.u32();
        int columns = in.u32();
        int version = in.u32();
        // 2.0 calls itself 0.3; 2.1 and later 2.n.
        boolean known = (version & 0xFFFF) == 2 || version == 0x0003_0000;
        if (!known || columns < 0 || columns > 1 << 16) {
            return;
        }
        ByteReader offsets = new ByteReader(NAME, read(part, size, table, 16L * columns));
        for (int i = 0; i < columns; i++) {
            Protobuf column = new Protobuf(NAME, read(part, size, offsets.i64(), offsets.i64()));
            for (Protobuf page : column.messages(2)) {
                Region r = vectors(page, size);
                if (r != null) {
                    vectors.add(r);
                }
            }
        }
    }

    private static byte[] read(Part part, long size, long at, long length) throws IOException {
        if (at < 0 || length < 0 || length > MAX_METADATA || at > size - length) {
            throw BackupException.damaged(NAME, "its footer points outside");
        }
        return part.read(at, (int) length);
    }

    private static @Nullable Region vectors(Protobuf page, long size) {
        Protobuf any = Protobuf.at(page, 4, 2);
        byte[] encoded = any == null ? null : any.bytes(1);
        if (encoded == null) {
            return null;
        }
        Protobuf typed = new Protobuf(NAME, encoded);
        byte[] type = typed.bytes(1);
        Protobuf encoding = typed.message(2);
        if (type == null || encoding == null) {
            return null;
        }
        String url = new String(type, java.nio.charset.StandardCharsets.US_ASCII);
        Rows rows = url.endsWith("lance.encodings21.PageLayout") ? fullZip(encoding) : fixedSizeList(encoding);
        List<Long> at = page.numbers(1);
        List<Long> length = page.numbers(2);
        if (rows == null || rows.buffer >= at.size() || at.size() != length.size()) {
            return null;
        }
        long offset = at.get(rows.buffer);
        long bytes = length.get(rows.buffer);
        boolean fits = offset >= 0 && bytes > 0 && offset <= size - bytes && bytes % rows.width == 0;
        return fits ? new Region(offset, bytes, (int) rows.width, rows.float32) : null;
    }

    /** 2.1: values of one row zipped with their levels; the control word before them has 0, 1, 2 or 4 bytes. */
    private static @Nullable Rows fullZip(Protobuf layout) {
        Protobuf zip = layout.message(3);
        Protobuf list = Protobuf.at(zip, 7, 11);
        Protobuf flat = Protobuf.at(list, 2, 1);
        if (zip == null || list == null || flat == null || flat.bytes(2) != null) {
            return null;
        }
        long levels = zip.number(1) + zip.number(2);
        long control = levels == 0 ? 0 : levels <= 8 ? 1 : levels <= 16 ? 2 : 4;
        boolean float32 = control == 0 && list.number(3) == 0 && flat.number(1) == 32;
        return rows(control + zip.number(3) / 8, float32, 0);
    }

    /** 2.0: a list of flat values, with or without a wrapper that says that there are no nulls. */
    private static @Nullable Rows fixedSizeList(Protobuf array) {
        Protobuf list = withoutNulls(array).message(3);
        Protobuf items = list == null ? null : list.message(2);
        Protobuf flat = items == null ? null : withoutNulls(items).message(1);
        if (list == null || flat == null || flat.bytes(3) != null) {
            return null;
        }
        Protobuf buffer = flat.message(2);
        if (buffer != null && buffer.number(2) != 0) {
            return null;
        }
        long bits = flat.number(1);
        int index = buffer == null ? 0 : (int) Math.min(Math.max(buffer.number(1), 0), 1 << 16);
        if (bits <= 0 || bits > 1024 || list.number(1) < 0 || list.number(1) > MAX_ROW) {
            return null;
        }
        return rows(list.number(1) * bits / 8, bits == 32, index);
    }

    private static Protobuf withoutNulls(Protobuf array) {
        Protobuf none = Protobuf.at(array, 2, 1, 1);
        Protobuf some = Protobuf.at(array, 2, 2, 2);
        return none != null ? none : some != null ? some : array;
    }

    private static @Nullable Rows rows(long width, boolean float32, int buffer) {
        return width >= MIN_ROW && width <= MAX_ROW ? new Rows(width, float32, buffer) : null;
    }

    private static List<Region> fill(long size, List<Region> vectors) {
        List<Region> all = new ArrayList<>();
        long at = 0;
        vectors.sort(Comparator.comparingLong(Region::offset));
        for (Region v : vectors) {
            if (v.offset() < at) {
                // Overlapping buffers: a damaged or hostile file.
                continue;
            }
            if (v.offset() > at) {
                all.add(new Region(at, v.offset() - at, 0, false));
            }
            all.add(v);
            at = v.offset() + v.length();
        }
        if (at < size) {
            all.add(new Region(at, size - at, 0, false));
        }
        return all;
    }
}
