package io.shardshift.agent.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.cluster.TestCluster;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An agent's registration on a real ZooKeeper. */
class RouteWatchTest {
    private static final KeyspaceName KEYSPACE = new KeyspaceName("watched");
    private static final AgentId AGENT = new AgentId("a-1");
    private static final ShardName A = new ShardName("a");

    private static RouteTable table(long epoch) {
        String url = "jdbc:mysql://127.0.0.1:1/a";
        SlotMap slots = new SlotMap(16, new TreeMap<>(Map.of(A, SlotRanges.of(0, 15))));
        Keyspace keyspace = new Keyspace(
                KEYSPACE,
                new ShardFunction.Modulo(16),
                new TreeMap<>(Map.of("t", new TableSpec("t", List.of("k")))),
                false,
                new TreeMap<>(Map.of(A, new ShardSpec(url, "a"))),
                slots,
                null,
                List.of(),
                ShardKeyForm.AS_IS);
        return new RouteTable(
                new RoutesEpoch(epoch),
                keyspace,
                new TreeMap<>(Map.of(A, new ShardEndpoint(A, url, "a", 1))),
                slots,
                List.of(),
                null,
                true);
    }

    /** A controller's publication, and the agents that it then waits for. */
    private static List<String> publishAndList(Coordination controller, long epoch) throws Exception {
        controller.transact(new Operation.Set(ZnodePaths.routes(KEYSPACE), Json.write(table(epoch)), Operation.ANY));
        return controller.children(ZnodePaths.agents(KEYSPACE));
    }

    /** Whoever publishes before the agent has read the routes either waits for it, or its routes are what the agent reads. */
    @Test
    void whoListsAgentsAfterItHasPublishedMissesNobody() throws Exception { // [29]
        try (CuratorCoordination controller = CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(20))) {
            controller.ensure(ZnodePaths.routes(KEYSPACE));
            controller.ensure(ZnodePaths.agents(KEYSPACE));
            publishAndList(controller, 1);
            List<List<String>> listed = new ArrayList<>();
            Coordination watched = (Coordination) Proxy.newProxyInstance(
                    RouteWatchTest.class.getClassLoader(),
                    new Class<?>[] {Coordination.class},
                    (proxy, method, arguments) -> {
                        try {
                            Object answer = method.invoke(controller, arguments);
                            if (method.getName().equals("read") && listed.isEmpty()) {
                                listed.add(publishAndList(controller, 2)); // these routes the agent does not have
                            }
                            return answer;
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            AgentRecord self = new AgentRecord(AGENT, "web-3", 41, "1", Instant.EPOCH, null, List.of(), List.of());
            RouteWatch watch = RouteWatch.open(watched, KEYSPACE, self, SystemTiming.INSTANCE);
            assertThat(watch.current().table().epoch()).isEqualTo(new RoutesEpoch(1));
            assertThat(listed).containsExactly(List.of("a-1"));
        }
    }
}
