package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.problem.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
    private static final String LONG = "0123456789abcdef";

    @Test
    void refusesToStartWithoutATokenUnlessToldSo() {
        assertThatThrownBy(() -> Tokens.of(null, " ", false))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("SHARDSHIFT_OPERATOR_TOKEN");
        assertThat(Tokens.of(null, null, true).caller(null)).contains(Caller.OPERATOR);
        assertThat(Tokens.of(LONG, null, true).caller(null)).isEmpty();
    }

    @Test
    void knowsWhetherAnybodyCanCommandIt() {
        assertThat(Tokens.of(null, LONG, true).haveAnOperator()).isFalse();
        assertThat(Tokens.of(LONG, null, false).haveAnOperator()).isTrue();
        assertThat(Tokens.of(null, null, true).haveAnOperator()).isTrue();
    }

    @Test
    void warnsOfTokensThatAreShortOrTheSameWithoutShowingThem() {
        Tokens tokens = Tokens.of("hunter2", "hunter2", false);
        assertThat(tokens.caller("Bearer hunter2")).contains(Caller.OPERATOR);
        assertThat(tokens.caller("Bearer hunter3")).isEmpty();
        assertThat(tokens.warnings())
                .hasSize(3)
                .anyMatch(warning -> warning.contains("operator's token is short"))
                .anyMatch(warning -> warning.contains("viewer's token is short"))
                .anyMatch(warning -> warning.contains("viewer's token is the operator's"))
                .noneMatch(warning -> warning.contains("hunter2"));
        assertThat(Tokens.of(LONG, LONG + "v", false).warnings()).isEmpty();
    }

    @Test
    void knowsTokensWhateverSpaceStandsAroundThem() {
        Tokens tokens = Tokens.of(LONG + "\n", null, false);
        assertThat(tokens.caller("bearer  " + LONG)).contains(Caller.OPERATOR);
        assertThat(tokens.caller("Bearer ")).isEmpty();
        assertThat(tokens.caller("Basic " + LONG)).isEmpty();
    }

    @Test
    void refusesToStartWithoutZooKeeper() {
        assertThatThrownBy(
                        () -> ControllerConfiguration.fromEnvironment(Map.of()).complete(Map.of()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("SHARDSHIFT_ZOOKEEPER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "http", "99999999999"})
    void refusesAPortThatIsNone(String port) {
        assertThatThrownBy(() -> ControllerConfiguration.fromEnvironment(Map.of("SHARDSHIFT_PORT", port)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("SHARDSHIFT_PORT");
    }

    @Test
    void aPortThatIsTakenIsNamedWithItsSetting() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            ControllerConfiguration configuration = ControllerConfiguration.fromEnvironment(
                    Map.of("SHARDSHIFT_PORT", "0", "SHARDSHIFT_ADMIN_PORT", port));
            assertThatThrownBy(configuration::requireFreePorts)
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContainingAll("Port " + port, "SHARDSHIFT_ADMIN_PORT");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BAD_REQUEST, 400",
        "BAD_PLAN, 422",
        "BAD_KEYSPACE, 422",
        "PREFLIGHT_FAILED, 422",
        "UNAUTHENTICATED, 401",
        "FORBIDDEN, 403",
        "KEYSPACE_UNKNOWN, 404",
        "MIGRATION_UNKNOWN, 404",
        "KEYSPACE_DIFFERS, 409",
        "MIGRATION_NAME_TAKEN, 409",
        "NOTHING_TO_ADVANCE, 409",
        "ROLLBACK_IMPOSSIBLE, 409",
        "NO_LEADER, 503",
        "STORE_UNREACHABLE, 503",
        "INTERNAL, 500",
    })
    void mapsCodesToStatuses(ErrorCode code, int status) {
        assertThat(ProblemStatus.of(code)).isEqualTo(status);
    }
}
