package dev.freefleet.backup.format;

import dev.freefleet.backup.format.Sealer.ObjectCipher;

/**
 * Opens the blocks of packs, one after the other, in arrays that are used again: a new one for each block would be cleared first, which
 * takes longer than to decrypt it. For use by one thread at a time.
 */
public final class BlockOpener {
    private byte[] packed = new byte[0];
    private byte[] plain = new byte[0];
    private byte[] planes = new byte[0];

    /**
     * Returns an array that begins with the plain bytes of a sealed block, until the next call; the chunks in it are still to be checked
     * against their ids.
     *
     * @param number of the block in its pack
     * @param stored length of what was sealed
     * @param plainLength length of the plain bytes
     * @param from array in which the sealed block begins at {@code at}
     * @throws dev.freefleet.backup.BackupException if it is damaged
     */
    public byte[] open(
            ObjectCipher cipher,
            String name,
            int number,
            Codec codec,
            int stored,
            int plainLength,
            byte[] from,
            int at) {
        packed = atLeast(packed, stored);
        plain = atLeast(plain, plainLength);
        if (codec == Codec.PLANES) {
            planes = atLeast(planes, plainLength);
        }
        cipher.open(number, name, from, at, stored + Sealer.TAG, packed);
        codec.decompress(new ByteReader(name, packed, 0, stored), packed, plain, plainLength, planes);
        return plain;
    }

    private static byte[] atLeast(byte[] array, int length) {
        // Most blocks end with the chunk that fills them; a little more spares the next one an array of its own.
        return array.length >= length ? array : new byte[length + length / 4];
    }
}
