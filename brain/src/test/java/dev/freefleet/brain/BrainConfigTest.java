package dev.freefleet.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BrainConfigTest {

    private final BrainConfig config = BrainConfig.in(Path.of("x"));

    @Test
    void neverTellsItsKeys() {
        assertThat(config.withAdminKey("a-secret-admin-key")
                        .withApiKey("secret-key")
                        .withGatewaySecret("a secret")
                        .toString())
                .contains("adminKey=set", "apiKey=set")
                .doesNotContain("secret");
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> config.withAdminKey("short"));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withApiKey(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withGatewaySecret(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withBodyBytes(0));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withFileBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withDocuments(1_000_001));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withThreads(17));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.withConcurrentRequests(0))
                .withMessage("the Brain's concurrentRequests must be from 1 to 1000, was 0");
    }
}
