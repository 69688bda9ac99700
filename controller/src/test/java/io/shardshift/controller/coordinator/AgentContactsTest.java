package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.HandTiming;
import io.shardshift.controller.store.TestLeader;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** On a real ZooKeeper. */
class AgentContactsTest {
    private static final KeyspaceName KEYSPACE = new KeyspaceName("contacts");
    private static final AgentId AGENT = new AgentId("a-1");

    @Test
    void knowsWhenAnAgentThatIsAwayWasSeenLast() throws Exception {
        HandTiming timing = new HandTiming();
        AgentContacts contacts = new AgentContacts(timing);
        try (TestLeader leader = TestLeader.take("one")) {
            String contact = ZnodePaths.agentContact(KEYSPACE, AGENT);
            leader.coordination.ensure(ZnodePaths.keyspace(KEYSPACE));
            leader.coordination.ensure(ZnodePaths.agent(KEYSPACE, AGENT));
            contacts.look(leader.store);
            assertThat(contacts.note(AGENT, false)).as("never in contact").isNull();

            leader.coordination.transact(new Operation.Create(contact, new byte[0], true));
            contacts.look(leader.store);
            assertThat(contacts.note(AGENT, false)).as("too soon for a look").isNull();
            timing.advance(AgentContacts.LOOK.plusMillis(1));
            contacts.look(leader.store);
            Instant last = timing.now();
            leader.coordination.transact(new Operation.Delete(contact, Operation.ANY));
            timing.advance(Duration.ofMinutes(1));
            contacts.look(leader.store);
            assertThat(contacts.note(AGENT, false)).isEqualTo(last);
            assertThat(contacts.note(AGENT, true)).isEqualTo(timing.now());

            leader.coordination.transact(new Operation.Delete(ZnodePaths.agent(KEYSPACE, AGENT), Operation.ANY));
            timing.advance(Duration.ofMinutes(1));
            contacts.look(leader.store);
            assertThat(contacts.note(AGENT, false))
                    .as("forgotten with the agent")
                    .isNull();
            leader.coordination.transact(new Operation.Delete(ZnodePaths.keyspace(KEYSPACE), Operation.ANY));
        }
    }
}
