package dev.freefleet.brain;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Relative links of a document to the ids of the documents that they mean. */
final class Links {

    private static final int MAX_LINKS = 500;

    private Links() {}

    static List<String> resolve(String from, List<String> targets) {
        Set<String> ids = new LinkedHashSet<>();
        for (String target : targets) {
            String id = resolve(from, target);
            if (!id.isEmpty() && !id.equals(from) && ids.size() < MAX_LINKS) {
                ids.add(id);
            }
        }
        return new ArrayList<>(ids);
    }

    private static String resolve(String from, String target) {
        String path = pathOf(target);
        if (path.isEmpty()) {
            return "";
        }
        Deque<String> names = new ArrayDeque<>();
        String folder = DocumentRow.folderOf(from);
        for (String name : (folder + "/" + path).split("/", -1)) {
            if (name.equals("..")) {
                if (names.pollLast() == null) {
                    return "";
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return String.join("/", names);
    }

    /** The path of a relative reference, or nothing for what leads elsewhere. */
    private static String pathOf(String target) {
        try {
            URI uri = URI.create(target.strip());
            boolean relative = uri.getScheme() == null && uri.getRawAuthority() == null && uri.getPath() != null;
            return relative && !uri.getPath().startsWith("/") ? uri.getPath() : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
