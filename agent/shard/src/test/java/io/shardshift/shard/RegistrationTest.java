package io.shardshift.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.routing.AgentId;
import java.sql.Connection;
import java.sql.SQLIntegrityConstraintViolationException;
import org.junit.jupiter.api.Test;

class RegistrationTest {
    private static final AgentId AGENT = new AgentId("agent-1");

    @Test
    void anAgentIsAdmittedFromItsRegistrationToItsSigningOff() throws Exception { // [29]
        try (TwoShards shards = new TwoShards();
                Connection connection = shards.source.connect()) {
            assertThatThrownBy(() -> Registration.check(connection, AGENT)).isInstanceOf(Registration.Expelled.class);
            Registration.register(connection, AGENT, "web-3", 4_121);
            Registration.check(connection, AGENT);
            Registration.signOff(connection, AGENT);
            assertThat(shards.source.rows("SELECT state, host, pid FROM _shardshift_agent"))
                    .containsExactly(java.util.List.of("SIGNED_OFF", "web-3", "4121"));
        }
    }

    @Test
    void anExpelledAgentStaysExpelled() throws Exception { // [29]
        try (TwoShards shards = new TwoShards();
                Connection connection = shards.source.connect()) {
            shards.source.execute("INSERT INTO _shardshift_agent VALUES ('agent-1', 'EXPELLED', '', 0, NOW(6))");
            assertThatThrownBy(() -> Registration.register(connection, AGENT, "web-3", 1))
                    .isInstanceOf(SQLIntegrityConstraintViolationException.class);
            Registration.signOff(connection, AGENT);
            assertThatThrownBy(() -> Registration.check(connection, AGENT))
                    .isInstanceOf(Registration.Expelled.class)
                    .hasMessageContaining("EXPELLED");
        }
    }

    @Test
    void anOldSessionOfItsOwnIsEndedWhetherItLivesOrNot() throws Exception { // [28]
        try (TwoShards shards = new TwoShards();
                Connection connection = shards.target.connect();
                JdbcShardSession old = shards.mirror()) {
            long id = old.connectionId();
            Registration.kill(connection, id);
            TwoShards.awaitEnd(shards.target, id);
            assertThatThrownBy(old::confirmAlive).isInstanceOf(ShardException.class);
            assertThat(old.isUsable()).isFalse();
            Registration.kill(connection, id);
        }
    }
}
