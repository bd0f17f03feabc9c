package dev.freefleet.data;

import dev.freefleet.edge.UsageEvent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code usage_logs} as {@code COPY ... (FORMAT BINARY)} takes them (PostgreSQL manual, COPY, "Binary Format"). No
 * event can break a batch: what the table would not take is made to fit. Text loses its NULs and lone surrogates to
 * U+FFFD and what exceeds its length; numbers and times are brought into range; an id that is no UUID becomes the
 * name-based UUID of its text; a digest that is not 32 hex digits becomes null.
 */
final class RowBatch {
    static final String COLUMNS = "id, time, key_id, user_id, route, method, status, cache, latency_us, origin_us,"
            + " bytes_in, bytes_out, query_digest, query_text, node";

    private static final short FIELDS = 15;
    /** 2000-01-01 in epoch milliseconds, from where PostgreSQL counts. */
    private static final long EPOCH_2000 = 946_684_800_000L;

    /** The end of the year 9999; no event is later. */
    static final Instant END = Instant.parse("9999-12-31T23:59:59.999Z");

    private static final long DAY_MICROS = 86_400_000_000L;
    private static final long DAYS_TO_2000 = EPOCH_2000 / 86_400_000L;
    /** Behind the field count. */
    private static final int ID_OFFSET = 2 + 4;

    private static final int TIME_OFFSET = ID_OFFSET + 16 + 4;

    /** What a row has at least: its fields' count and lengths, and those that are never null and have one size. */
    static final int SHORTEST_ROW = 2 + FIELDS * 4 + 16 + 5 * 8 + 2;

    private ByteBuffer bytes;
    private int[] starts;
    private int rows;
    private final SortedSet<Long> days = new TreeSet<>();
    private long lastDay;
    /** Made with the first row that belongs to no batch. */
    private @Nullable RowShapes shapes;

    RowBatch() {
        this(1 << 16, 256);
    }

    private RowBatch(int size, int rows) {
        bytes = ByteBuffer.allocate(size);
        starts = new int[rows];
    }

    int rows() {
        return rows;
    }

    int size() {
        return bytes.position();
    }

    /** The UTC days of the rows, as days since 1970-01-01. */
    SortedSet<Long> days() {
        return days;
    }

    byte[] array() {
        return bytes.array();
    }

    /** Where a row begins in {@link #array}; for {@link #rows} itself, where the last one ends. */
    int start(int row) {
        return row == rows ? bytes.position() : starts[row];
    }

    void clear() {
        bytes.clear();
        rows = 0;
        days.clear();
    }

    /**
     * Adds a row. If it throws, which no event of a sound program makes it do but want of memory may, the batch is as it was; so it is
     * with all that add rows.
     */
    void add(UsageEvent event) {
        int start = bytes.position();
        try {
            encode(event);
            added(start);
        } catch (RuntimeException | Error e) {
            bytes.position(start);
            throw e;
        }
    }

    /**
     * Encodes a row that belongs to no batch, into the first bytes of {@link #array}, with this in its question's place.
     *
     * @return how many they are
     */
    int only(UsageEvent event, byte[] question) {
        rows = 0;
        RowShapes.Shape shape = shape(event);
        byte[] head = shape.head();
        byte[] tail = shape.tail();
        bytes.clear();
        room(head.length + question.length + tail.length);
        bytes.put(head).put(question).put(tail);
        UUID id = uuid(event.id());
        bytes.putLong(ID_OFFSET, id.getMostSignificantBits()).putLong(ID_OFFSET + 8, id.getLeastSignificantBits());
        bytes.putLong(TIME_OFFSET, micros2000(event));
        int next = TIME_OFFSET + 8 + 4;
        if (shape.hasKey()) {
            bytes.putLong(next, event.keyId());
            next += 8;
        }
        if (shape.hasUser()) {
            bytes.putLong(next + 4, event.userId());
        }
        bytes.putLong(head.length - 44, Math.max(0, event.latencyMicros()));
        bytes.putLong(head.length - 32, Math.max(0, event.originMicros()));
        bytes.putLong(head.length - 20, Math.max(0, event.bytesIn()));
        bytes.putLong(head.length - 8, Math.max(0, event.bytesOut()));
        return bytes.position();
    }

    private RowShapes.Shape shape(UsageEvent event) {
        if (shapes == null) {
            shapes = new RowShapes();
        }
        RowShapes.@Nullable Shape known = shapes.find(event);
        if (known != null) {
            return known;
        }
        bytes.clear();
        encodeRequest(event);
        int end = bytes.position();
        put(event.node(), 128);
        return shapes.keep(
                event, Arrays.copyOf(bytes.array(), end), Arrays.copyOfRange(bytes.array(), end, bytes.position()));
    }

    /** The columns of a question, encoded: an event loop that meets it again need not do so. */
    static byte[] question(@Nullable String digest, @Nullable String text) {
        RowBatch one = new RowBatch(4 + 16 + 4 + (text == null ? 0 : text.length()), 0);
        one.encodeQuestion(digest, text);
        return Arrays.copyOf(one.array(), one.bytes.position());
    }

    /** Adds a row that a batch encoded before. */
    void addRow(MemorySegment from, long offset, int length) {
        int start = bytes.position();
        room(length);
        MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, bytes.array(), start, length);
        added(start);
        bytes.position(start + length);
    }

    /** Adds a row that a batch encoded before. */
    void addRow(byte[] from, int offset, int length) {
        int start = bytes.position();
        room(length);
        System.arraycopy(from, offset, bytes.array(), start, length);
        added(start);
        bytes.position(start + length);
    }

    /** Adds all rows of another batch. */
    void addAll(RowBatch other) {
        if (other.rows == 0) {
            return;
        }
        if (rows + other.rows > starts.length) {
            starts = Arrays.copyOf(starts, Math.max(2 * rows, rows + other.rows));
        }
        room(other.size());
        days.addAll(other.days);
        int start = bytes.position();
        bytes.put(other.array(), 0, other.size());
        for (int row = 0; row < other.rows; row++) {
            starts[rows++] = start + other.starts[row];
        }
        lastDay = other.lastDay;
    }

    /** When each key was last used, microseconds since 2000, by its id. */
    SortedMap<Long, Long> lastUsed() {
        Map<Long, Long> last = new HashMap<>();
        long key = 0;
        long time = Long.MIN_VALUE;
        for (int row = 0; row < rows; row++) {
            int at = starts[row] + TIME_OFFSET;
            if (bytes.getInt(at + 8) == 8) {
                long next = bytes.getLong(at + 12);
                if (next != key && time != Long.MIN_VALUE) {
                    last.merge(key, time, Math::max);
                    time = Long.MIN_VALUE;
                }
                key = next;
                time = Math.max(time, bytes.getLong(at));
            }
        }
        if (time != Long.MIN_VALUE) {
            last.merge(key, time, Math::max);
        }
        return new TreeMap<>(last);
    }

    /** When the first row's request came, epoch milliseconds. */
    long firstMillis() {
        return Math.floorDiv(bytes.getLong(TIME_OFFSET), 1_000) + EPOCH_2000;
    }

    /** Last what makes it a row of the batch, since there may be no memory for the rest. */
    private void added(int start) {
        if (rows == starts.length) {
            starts = Arrays.copyOf(starts, 2 * rows);
        }
        long day = DAYS_TO_2000 + Math.floorDiv(bytes.getLong(start + TIME_OFFSET), DAY_MICROS);
        if (rows == 0 || day != lastDay) { // nearly all rows of a batch are of one day
            days.add(day);
            lastDay = day;
        }
        starts[rows++] = start;
    }

    private void encode(UsageEvent event) {
        encodeRequest(event);
        encodeQuestion(event.queryDigest(), event.queryText());
        put(event.node(), 128);
    }

    private void encodeQuestion(@Nullable String digest, @Nullable String text) {
        putDigest(digest);
        put(text, 2_000);
    }

    private void encodeRequest(UsageEvent event) {
        room(2 + 20);
        bytes.putShort(FIELDS);
        UUID id = uuid(event.id());
        bytes.putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        put(micros2000(event));
        putId(event.keyId());
        putId(event.userId());
        put(event.route(), 128);
        put(event.method(), 16);
        room(6);
        bytes.putInt(2).putShort((short) Math.clamp(event.status(), 100, 599));
        put(event.cache().label(), 16);
        put(Math.max(0, event.latencyMicros()));
        put(Math.max(0, event.originMicros()));
        put(Math.max(0, event.bytesIn()));
        put(Math.max(0, event.bytesOut()));
    }

    private static long micros2000(UsageEvent event) {
        return (Math.clamp(event.timeMillis(), 0, END.toEpochMilli()) - EPOCH_2000) * 1_000;
    }

    private void put(long value) {
        room(12);
        bytes.putInt(8).putLong(value);
    }

    private void putId(long id) {
        if (id == 0) {
            putNull();
        } else {
            put(id);
        }
    }

    private void putNull() {
        room(4);
        bytes.putInt(-1);
    }

    private void put(@Nullable String text, int longest) {
        if (text == null) {
            putNull();
            return;
        }
        if (text.length() > longest || !putAscii(text)) {
            byte[] utf8 = clean(text, longest).getBytes(StandardCharsets.UTF_8);
            room(4 + utf8.length);
            bytes.putInt(utf8.length).put(utf8);
        }
    }

    /** Most text is what its bytes are; an event loop waits for this. */
    private boolean putAscii(String text) {
        int length = text.length();
        room(4 + length);
        int start = bytes.position();
        byte[] array = bytes.array();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0 || c > 0x7F) {
                return false;
            }
            array[start + 4 + i] = (byte) c;
        }
        bytes.putInt(length).position(start + 4 + length);
        return true;
    }

    private void putDigest(@Nullable String hex) {
        if (hex == null || hex.length() != 32 || !isHex(hex)) {
            putNull();
            return;
        }
        room(4 + 16);
        bytes.putInt(16)
                .putLong(HexFormat.fromHexDigitsToLong(hex, 0, 16))
                .putLong(HexFormat.fromHexDigitsToLong(hex, 16, 32));
    }

    private static boolean isHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private void room(int more) {
        if (bytes.remaining() < more) {
            int capacity = Math.max(2 * bytes.capacity(), bytes.position() + more);
            bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), capacity)).position(bytes.position());
        }
    }

    /** At most so many UTF-16 units, none of which is a NUL or half a pair. */
    static String clean(String text, int longest) {
        String cut = text;
        if (text.length() > longest) {
            int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
            cut = text.substring(0, end);
        }
        for (int i = 0; i < cut.length(); i++) {
            int c = cut.codePointAt(i);
            if (isUnfit(c)) {
                return replaced(cut);
            }
            if (Character.isSupplementaryCodePoint(c)) {
                i++;
            }
        }
        return cut;
    }

    private static boolean isUnfit(int codePoint) {
        return codePoint == 0 || (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE);
    }

    private static String replaced(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().map(c -> isUnfit(c) ? 0xFFFD : c).forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static UUID uuid(String text) {
        if (text.length() == 36) {
            try {
                return UUID.fromString(text);
            } catch (IllegalArgumentException e) {
                // Falls through: a row under a derived id is better than none.
            }
        }
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
