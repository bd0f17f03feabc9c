package dev.freefleet.cli.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freefleet.cli.client.CommandException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is written is read back by the rules of dotenv 16.3.1, which Wrangler has; {@code EdgeDevTest} has Wrangler itself read some. */
class DevVarsTest {
    /** dotenv's own. */
    private static final Pattern LINE = Pattern.compile(
            "(?:^|^)\\s*(?:export\\s+)?([\\w.-]+)(?:\\s*=\\s*?|:\\s+?)(\\s*'(?:\\\\'|[^'])*'|\\s*\"(?:\\\\\"|[^\"])*\""
                    + "|\\s*`(?:\\\\`|[^`])*`|[^#\\r\\n]+)?\\s*(?:#.*)?(?:$|$)",
            Pattern.MULTILINE);

    private static final Pattern QUOTED = Pattern.compile("^(['\"`])([\\s\\S]*)\\1$", Pattern.MULTILINE);
    private static final String CHARACTERS = "a'\"`\\n#$= \n\r";
    private static final int LONGEST = 4;

    private static Map<String, String> read(String file) {
        Map<String, String> read = new HashMap<>();
        Matcher line = LINE.matcher(file.replaceAll("\\r\\n?", "\n"));
        while (line.find()) {
            String value = line.group(2) == null ? "" : line.group(2).strip();
            String bare = QUOTED.matcher(value).replaceAll("$2");
            read.put(
                    line.group(1),
                    value.startsWith("\"") ? bare.replace("\\n", "\n").replace("\\r", "\r") : bare);
        }
        return read;
    }

    private static void assertReadBack(String value) {
        String file = DevVars.line("BEFORE", "it's") + DevVars.line("IT", value) + DevVars.line("AFTER", "\"`");
        assertThat(read(file)).as(file).isEqualTo(Map.of("BEFORE", "it's", "IT", value, "AFTER", "\"`"));
    }

    @Test
    void secretsAreReadBackAsTheyAre() {
        assertReadBack("plain");
        assertReadBack("{\"1\":\"c2VjcmV0\"}");
        assertReadBack("it's");
        assertReadBack("'");
        assertReadBack("a\"b`c");
        assertReadBack("back\\slash\\n");
        assertReadBack("ends-in-one\\");
        assertReadBack("a'b\"c`d$HOME\\");
        assertReadBack("${HOME} # no comment");
        assertReadBack("two\nlines, one it's");
    }

    @Test
    void whatCannotBeReadBackIsRefused() {
        for (String value : new String[] {"#'\"`", "'\\", "a\rb"}) {
            assertThatThrownBy(() -> DevVars.line("ORIGIN_KEY", value))
                    .isInstanceOf(CommandException.class)
                    .hasMessageContaining("ORIGIN_KEY")
                    .hasMessageNotContaining(value);
        }
    }

    /** Every text of up to four of the characters that mean something, beside other variables. */
    @Test
    void noShortTextIsReadBackAsAnother() {
        assertThat(tryAll(""))
                .as("most are written, of 16,105 without a carriage return")
                .isGreaterThan(14_000);
    }

    private static int tryAll(String value) {
        int written = 1;
        try {
            assertReadBack(value);
        } catch (CommandException refused) {
            written = 0;
        }
        if (value.length() < LONGEST) {
            for (int i = 0; i < CHARACTERS.length(); i++) {
                written += tryAll(value + CHARACTERS.charAt(i));
            }
        }
        return written;
    }
}
