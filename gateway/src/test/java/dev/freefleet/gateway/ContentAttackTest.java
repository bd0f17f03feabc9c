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
import java.util.Set;
import java.util.TreeSet;
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

    /** Everything that the gateway's classes name: whatever is not there cannot be called. */
    private static Set<String> used() throws IOException, URISyntaxException {
        Path classes =
                Path.of(Gateway.class.getResource("Gateway.class").toURI()).getParent();
        Set<String> used = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.toString().contains("Test"))
                    .toList()) {
                for (PoolEntry entry :
                        ClassFile.of().parse(Files.readAllBytes(file)).constantPool()) {
                    if (entry instanceof ClassEntry type) {
                        used.add(type.asInternalName());
                    } else if (entry instanceof MemberRefEntry member) {
                        used.add(member.owner().asInternalName() + "."
                                + member.name().stringValue());
                    }
                }
            }
        }
        return used;
    }

    @Test
    void regularExpressionBlowUp() throws Exception {
        Set<String> used = used();
        assertThat(used).contains("io/netty/handler/codec/http/HttpRequestDecoder");
        assertThat(used)
                .noneMatch(name -> name.startsWith("java/util/regex/"))
                .doesNotContain(
                        "java/lang/String.matches", "java/lang/String.replaceAll", "java/lang/String.replaceFirst");
    }

    @Test
    void nothingThatDecodesIsThere() throws Exception {
        assertThat(used())
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
