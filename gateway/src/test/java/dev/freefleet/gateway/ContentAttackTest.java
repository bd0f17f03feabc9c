package dev.freefleet.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freefleet.testkit.RawClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by what a message holds. */
@Timeout(120)
class ContentAttackTest {
    /** All that makes a regular expression of a text, beside the package of its own. */
    private static final Set<String> EXPRESSIONS = Set.of(
            "java/lang/String.matches",
            "java/lang/String.replaceAll",
            "java/lang/String.replaceFirst",
            "java/lang/String.split",
            "java/lang/String.splitWithDelimiters",
            "java/util/Scanner");
    /** Those who split at one character that is written there, of which {@code split} makes no regular expression. */
    private static final Set<String> SPLIT_AT_ONE_CHARACTER = Set.of("QuotaFile", "RedisPurges", "WebSocketHandshake");

    private final TestGateway fleet = TestGateway.start(exchange -> exchange.json("{}"));

    @AfterEach
    void close() throws IOException {
        fleet.close();
    }

    private static byte[] bomb(int bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            byte[] zeros = new byte[1 << 16];
            for (int i = 0; i < bytes; i += zeros.length) {
                gzip.write(zeros);
            }
        }
        return out.toByteArray();
    }

    /** The gateway decodes no coding, so that a few bytes stay a few bytes, whichever way they go. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "deflate", "br", "zstd", "gzip, gzip"})
    void aDecompressionBombStaysAsSmallAsItIs(String coding) throws IOException {
        byte[] bomb = bomb(64 << 20);
        assertThat(bomb.length).isLessThan(1 << 17);
        fleet.origin.script(exchange -> {
            byte[] content = exchange.content();
            exchange.out()
                    .write(("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: " + content.length
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            exchange.out().write(content);
        });
        for (String path : List.of("/query", "/open/x")) {
            try (RawClient client = fleet.raw()) {
                client.send("POST " + path + " HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key
                        + "\r\nContent-Type: application/json\r\nContent-Encoding: " + coding + "\r\nContent-Length: "
                        + bomb.length + "\r\n\r\n");
                client.send(bomb);
                RawClient.Answer answer = client.answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.content()).isEqualTo(bomb);
            }
        }
        fleet.assertServes();
    }

    @Test
    void codedContentIsNoQuestionThatCouldBeStored() throws IOException {
        byte[] content = bomb(1);
        for (int i = 0; i < 2; i++) {
            try (RawClient client = fleet.raw()) {
                client.send("POST /query HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key
                        + "\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                        + content.length + "\r\n\r\n");
                client.send(content);
                assertThat(client.answer().status()).isEqualTo(200);
            }
        }
        assertThat(fleet.origin.requests()).isEqualTo(2);
        assertThat(fleet.gateway.store().stats().keys()).isZero();
    }

    /** Everything that these classes name, and by which of them: whatever is not there cannot be called. */
    private static Map<String, Set<String>> used(List<Path> classes) throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Path file : classes) {
            String user = file.getFileName().toString().replace(".class", "");
            for (PoolEntry entry :
                    ClassFile.of().parse(Files.readAllBytes(file)).constantPool()) {
                String name = switch (entry) {
                    case ClassEntry type -> type.asInternalName();
                    case MemberRefEntry member ->
                        member.owner().asInternalName() + "." + member.name().stringValue();
                    default -> null;
                };
                if (name != null) {
                    used.computeIfAbsent(name, first -> new TreeSet<>()).add(user);
                }
            }
        }
        return used;
    }

    private static Map<String, Set<String>> usedByTheGateway() throws IOException, URISyntaxException {
        Path classes =
                Path.of(Gateway.class.getResource("Gateway.class").toURI()).getParent();
        try (Stream<Path> files = Files.walk(classes)) {
            return used(files.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.toString().contains("Test"))
                    .toList());
        }
    }

    /** Where these classes may come to a regular expression: what they use for it, and which. */
    private static Map<String, Set<String>> expressions(Map<String, Set<String>> used) {
        Map<String, Set<String>> found = new TreeMap<>(used);
        found.keySet().removeIf(name -> !name.startsWith("java/util/regex/") && !EXPRESSIONS.contains(name));
        return found;
    }

    @Test
    void regularExpressionBlowUp() throws Exception {
        Map<String, Set<String>> used = usedByTheGateway();
        assertThat(used).containsKey("io/netty/handler/codec/http/HttpRequestDecoder");
        Map<String, Set<String>> found = expressions(used);
        Set<String> splitting = new TreeSet<>(found.getOrDefault("java/lang/String.split", Set.of()));
        splitting.removeAll(SPLIT_AT_ONE_CHARACTER);
        assertThat(splitting).as("whoever splits").isEmpty();
        found.remove("java/lang/String.split");
        assertThat(found).isEmpty();
    }

    @Test
    void theRuleFindsWhatItForbids() throws Exception {
        assertThat(new Blowing().up("aaa")).isTrue();
        Path blowing = Path.of(ContentAttackTest.class
                .getResource("ContentAttackTest$Blowing.class")
                .toURI());
        assertThat(expressions(used(List.of(blowing))))
                .containsOnly(
                        Map.entry("java/lang/String.split", Set.of("ContentAttackTest$Blowing")),
                        Map.entry("java/lang/String.matches", Set.of("ContentAttackTest$Blowing")),
                        Map.entry("java/util/regex/Pattern", Set.of("ContentAttackTest$Blowing")),
                        Map.entry("java/util/regex/Pattern.compile", Set.of("ContentAttackTest$Blowing")));
    }

    /** What no class of the gateway may do. */
    private static final class Blowing {
        boolean up(String text) {
            return text.matches("(a+)+") && text.split("(b|b)+", -1).length == 1 && Pattern.compile("c*") != null;
        }
    }

    @Test
    void nothingThatDecodesIsThere() throws Exception {
        assertThat(usedByTheGateway().keySet())
                .noneMatch(name -> name.contains("Decompress")
                        || name.startsWith("io/netty/handler/codec/compression/")
                        || name.startsWith("java/util/zip/Inflater")
                        || name.startsWith("java/util/zip/GZIP"));
    }

    @Test
    void aHugeHeadIsRefusedBeforeItIsAllThere() throws IOException {
        try (RawClient client = fleet.raw()) {
            client.send("GET /open/x HTTP/1.1\r\nHost: h\r\n");
            for (int i = 0; i < 64; i++) {
                client.send("X-" + i + ": " + "a".repeat(1_000) + "\r\n");
            }
            assertThat(client.answer().status()).isEqualTo(431);
            assertThat(client.isEnded()).isTrue();
        }
        fleet.assertUntouched();
    }

    @Test
    void aHugeBodyIsRefusedBeforeItIsSent() throws IOException {
        try (RawClient client = fleet.raw()) {
            client.send("POST /query HTTP/1.1\r\nHost: h\r\nX-API-Key: " + fleet.key
                    + "\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(413);
        }
        fleet.assertUntouched();
    }
}
