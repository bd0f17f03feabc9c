package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core uses nothing but what every platform has: no I/O, no threads, no clock, no digests, no regular expressions. */
class PortableTest {
    private static final List<String> ALLOWED = List.of(
            "dev/freefleet/edge/",
            "java/lang/",
            "java/math/BigInteger",
            "java/nio/charset/StandardCharsets",
            "java/nio/charset/Charset",
            "java/io/ByteArrayOutputStream",
            "java/util/",
            "org/jspecify/annotations/");
    private static final List<String> FORBIDDEN = List.of(
            "java/lang/Thread",
            "java/lang/System.currentTimeMillis",
            "java/lang/System.nanoTime",
            "java/lang/System.getProperty",
            "java/lang/System.getenv",
            "java/lang/System.out",
            "java/lang/Math.random",
            "java/lang/Runtime",
            "java/lang/Process",
            "java/lang/ref/",
            "java/lang/reflect/",
            "java/lang/String.format",
            "java/lang/String.matches",
            "java/lang/String.replaceAll",
            "java/lang/String.replaceFirst",
            "java/lang/String.split",
            "java/lang/String.toLowerCase",
            "java/lang/String.toUpperCase",
            "java/lang/Double.toString",
            "java/lang/Double.parseDouble",
            "java/util/Date",
            "java/util/Formatter",
            "java/util/Locale",
            "java/util/Random",
            "java/util/Scanner",
            "java/util/Timer",
            "java/util/UUID",
            "java/util/concurrent/",
            "java/util/logging/",
            "java/util/regex/",
            "java/util/zip/");

    @Test
    void nothingOfOnePlatformIsUsed() throws Exception {
        Set<String> used = used(Edge.class.getResource("Edge.class").toURI());

        assertThat(used).contains("java/util/List");
        assertThat(used).filteredOn(name -> !isAllowed(name)).isEmpty();
    }

    @Test
    void theRuleFindsWhatItForbids() throws Exception {
        Set<String> used =
                used(PortableTest.class.getResource("TestShell.class").toURI());

        assertThat(used).filteredOn(name -> !isAllowed(name)).contains("java/security/MessageDigest");
    }

    private static boolean isAllowed(String name) {
        return ALLOWED.stream().anyMatch(name::startsWith) && FORBIDDEN.stream().noneMatch(name::startsWith);
    }

    /** The classes and members that the classes beside this one refer to. */
    private static Set<String> used(URI one) throws IOException {
        Set<String> used = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of(one).getParent())) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
                    if (entry instanceof ClassEntry type) {
                        String name = type.asInternalName();
                        int start = name.lastIndexOf('[') + 1;
                        if (start > 0 && name.charAt(start) != 'L') {
                            continue;
                        }
                        used.add(start > 0 ? name.substring(start + 1) : name);
                    } else if (entry instanceof MemberRefEntry member
                            && !member.owner().asInternalName().startsWith("[")) {
                        used.add(member.owner().asInternalName() + "."
                                + member.name().stringValue());
                    }
                }
            }
        }
        return used;
    }
}
