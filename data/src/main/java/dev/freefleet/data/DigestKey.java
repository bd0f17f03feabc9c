package dev.freefleet.data;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC-SHA256 (RFC 2104) under one key, for a few bytes at a time on an event loop: the key's two blocks are hashed once, where
 * {@code javax.crypto.Mac} does so for each message. Safe for use by several threads.
 */
final class DigestKey {
    private static final int BLOCK = 64;
    private static final int BYTES = 32;

    private final MessageDigest inner;
    private final MessageDigest outer;

    /** @param key at most 64 bytes */
    DigestKey(byte[] key) {
        inner = padded(key, 0x36);
        outer = padded(key, 0x5c);
    }

    private static MessageDigest padded(byte[] key, int pad) {
        byte[] block = Arrays.copyOf(key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(block);
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The whole code, 32 bytes. */
    byte[] of(byte[] message) {
        try {
            byte[] code = new byte[BYTES];
            MessageDigest first = (MessageDigest) inner.clone();
            first.update(message);
            first.digest(code, 0, BYTES);
            MessageDigest second = (MessageDigest) outer.clone();
            second.update(code);
            second.digest(code, 0, BYTES);
            return code;
        } catch (CloneNotSupportedException | DigestException e) {
            throw new IllegalStateException("the JDK's own can be cloned, and gives 32 bytes", e);
        }
    }
}
