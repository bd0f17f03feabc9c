package dev.freefleet.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusCodesTest {
    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 408, 413, 414, 416, 417, 429, 431, 500, 502, 503, 504, 505})
    void everyErrorOfTheEdgesOwnHasItsPhraseAsTitle(int status) {
        assertThat(StatusCodes.title(status)).isNotEqualTo("Error");
    }
}
