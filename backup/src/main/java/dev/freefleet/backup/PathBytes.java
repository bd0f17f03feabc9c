package dev.freefleet.backup;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Paths as the bytes that the file system has. A Unix name is any bytes but {@code /} and 0; {@code Path.toString} loses those that are
 * not in the JVM's encoding, a path's URI does not.
 */
final class PathBytes {
    private PathBytes() {}

    /** Returns the last part of an absolute path. */
    static byte[] name(Path file) {
        String text = String.valueOf(file.getFileName());
        if (isAscii(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        byte[] all = decode(file.toUri().getRawPath());
        int end = all.length;
        while (all[end - 1] == '/') {
            end--;
        }
        int from = end;
        while (all[from - 1] != '/') {
            from--;
        }
        return Arrays.copyOfRange(all, from, end);
    }

    /** Returns a symbolic link's target. */
    static byte[] target(Path target) {
        String text = target.toString();
        if (isAscii(text)) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
        byte[] all = decode(Path.of("/").resolve(target).toUri().getRawPath());
        int end = all.length;
        while (end > 1 && all[end - 1] == '/') {
            end--;
        }
        return Arrays.copyOfRange(all, target.isAbsolute() ? 0 : 1, end);
    }

    /** Returns the path of these bytes below a folder; they must have passed {@link #isSafe}. */
    static Path resolve(Path root, byte[] relative) {
        String text = new String(relative, StandardCharsets.ISO_8859_1);
        return isAscii(text) ? root.resolve(text) : root.resolve(relativePath(relative));
    }

    /** Returns a path of these bytes, relative unless they begin with a slash. */
    static Path path(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (isAscii(text)) {
            return Path.of(text);
        }
        return bytes[0] == '/' ? absolute(bytes) : relativePath(bytes);
    }

    private static Path relativePath(byte[] bytes) {
        byte[] rooted = new byte[bytes.length + 1];
        rooted[0] = '/';
        System.arraycopy(bytes, 0, rooted, 1, bytes.length);
        return Path.of("/").relativize(absolute(rooted));
    }

    private static Path absolute(byte[] bytes) {
        StringBuilder uri = new StringBuilder("file://");
        for (byte b : bytes) {
            boolean plain = b == '/' || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
            if (plain) {
                uri.append((char) b);
            } else {
                uri.append('%').append("%02X".formatted(b & 0xFF));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /** Returns whether the path stays below the folder that it is resolved against. */
    static boolean isSafe(byte[] relative) {
        if (relative.length == 0) {
            return false;
        }
        for (byte b : relative) {
            if (b == 0) {
                return false;
            }
        }
        String text = new String(relative, StandardCharsets.ISO_8859_1);
        return Arrays.stream(text.split("/", -1))
                .noneMatch(p -> List.of("", ".", "..").contains(p));
    }

    static byte[] join(byte[] folder, byte[] name) {
        if (folder.length == 0) {
            return name;
        }
        byte[] path = Arrays.copyOf(folder, folder.length + 1 + name.length);
        path[folder.length] = '/';
        System.arraycopy(name, 0, path, folder.length + 1, name.length);
        return path;
    }

    private static boolean isAscii(String s) {
        return s.chars().allMatch(c -> c > 0 && c < 0x80);
    }

    private static byte[] decode(String raw) {
        byte[] out = new byte[raw.length()];
        int n = 0;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                out[n++] = (byte) Integer.parseInt(raw, i + 1, i + 3, 16);
                i += 2;
            } else {
                out[n++] = (byte) c;
            }
        }
        return Arrays.copyOf(out, n);
    }
}
