package dev.freefleet.data;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A tar whose members are made one after the other as it is read. Holds one of them in memory. For one thread. */
abstract class TarPieces extends InputStream {
    private final ByteArrayOutputStream made = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(made, "UTF-8");
    private InputStream piece = new ByteArrayInputStream(new byte[0]);
    private long members;
    private boolean ended;

    /** Makes the next member, or members. @return false: there are no more */
    abstract boolean next() throws IOException;

    /** How many there are so far. */
    final long members() {
        return members;
    }

    final void member(String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        members++;
        entry.setSize(content.length);
        entry.setMode(0600);
        // The same content makes the same bytes, whenever it is read.
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
        tar.flush();
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public final int read(byte[] b, int off, int len) throws IOException {
        if (len == 0) {
            // An array stream that is read to its end would say that this one is.
            return 0;
        }
        int n = piece.read(b, off, len);
        while (n < 0 && !ended) {
            if (!next()) {
                tar.close();
                ended = true;
            }
            piece = new ByteArrayInputStream(made.toByteArray());
            made.reset();
            n = piece.read(b, off, len);
        }
        return n;
    }
}
