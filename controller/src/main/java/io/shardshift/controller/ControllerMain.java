package io.shardshift.controller;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.coordinator.Controller;
import io.shardshift.controller.coordinator.MigrationStreams;
import io.shardshift.controller.coordinator.Streams;
import io.shardshift.controller.resources.BodyReader;
import io.shardshift.controller.resources.ControlPlane;
import io.shardshift.controller.resources.ControllerApplication;
import io.shardshift.controller.resources.ControllerConfiguration;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.stream.DebeziumChangeStreams;
import io.shardshift.controller.stream.ShardLogin;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.plans.file.FieldLines;
import io.shardshift.plans.file.PlanReader;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One controller process. With a file: Dropwizard's YAML. Without: the environment, see the README. */
public final class ControllerMain {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerMain.class);

    /** The session time-out that bounds a take-over after a crash (protocol, hand-off). */
    private static final Duration SESSION = Duration.ofSeconds(4);

    /** No longer: a session of which nothing was heard for that long is over. */
    private static final Duration CONNECTION = SESSION;

    private ControllerMain() {}

    /** What {@code --help} prints. */
    static final String USAGE = """
            usage: controller [CONFIG]

            One controller; several with the same ZooKeeper are one service. Ready when /healthcheck on the admin port is 200.

            CONFIG is a file of Dropwizard's, with four keys of ours: zookeeper, operatorToken, viewerToken, url. In it
            ${NAME} stands for the environment variable of that name. Without a file:

              SHARDSHIFT_ZOOKEEPER        needed: zk1:2181,zk2:2181
              SHARDSHIFT_OPERATOR_TOKEN   for commands; 16 characters or more, such as `openssl rand -hex 32` gives
              SHARDSHIFT_VIEWER_TOKEN     for looking only; one of the two is needed
              SHARDSHIFT_HOST             the address to listen on (127.0.0.1)
              SHARDSHIFT_PORT             of the API (8080)
              SHARDSHIFT_ADMIN_PORT       of /healthcheck and /metrics, without a token: keep it to yourselves (8081)
              SHARDSHIFT_ADVERTISED_URL   where other controllers reach this one (its address and port)

            With or without a file:

              SHARDSHIFT_CREDENTIALS_DIR  a directory that has NAME/user and NAME/password for each name that a keyspace or
                                          plan gives as credentials; else
              SHARDSHIFT_<NAME>_USER      and
              SHARDSHIFT_<NAME>_PASSWORD
              SHARDSHIFT_INSECURE_NO_AUTH true: without any token, whoever reaches the port is the operator
              SHARDSHIFT_JAVA_OPTIONS     of the JVM, read by ops/bin/controller
            """;

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1 && List.of("-h", "--help").contains(arguments[0])) {
            System.out.print(USAGE);
            return;
        }
        if (arguments.length > 1 || (arguments.length == 1 && arguments[0].startsWith("-"))) {
            System.err.println("usage: controller [CONFIG]; controller --help says more");
            System.exit(2);
        }
        ControllerApplication application = application(System.getenv());
        if (arguments.length == 1) {
            application.run("server", arguments[0]);
        } else {
            application.run("server");
        }
    }

    /** A controller that is not started, with {@code variables} as its environment. */
    static ControllerApplication application(Map<String, String> variables) {
        Credentials credentials = new Credentials(variables);
        return new ControllerApplication(
                (configuration, environment) -> start(configuration, environment, credentials),
                new Bodies(),
                variables);
    }

    private static ControlPlane start(
            ControllerConfiguration configuration, Environment environment, Credentials credentials) {
        ExecutorService workers = Executors.newCachedThreadPool();
        CuratorCoordination coordination =
                CuratorCoordination.connect(configuration.getZookeeper(), SESSION, CONNECTION);
        Controller controller = new Controller(
                coordination,
                credentials,
                (migration, keyspace, sessions, store) ->
                        streams(migration, keyspace, sessions, store, credentials, workers),
                workers,
                SystemTiming.INSTANCE,
                "");
        Thread loop = new Thread(
                () -> {
                    try {
                        controller.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "shardshift-leadership");
        environment.lifecycle().addServerLifecycleListener(server -> {
            controller.advertise(advertised(configuration, server));
            loop.start(); // no earlier: whoever leads is reached there
        });
        environment.lifecycle().manage(new Managed() {
            @Override
            public void stop() throws InterruptedException {
                controller.close();
                loop.join(5_000);
            }
        });
        return controller;
    }

    /** Where other controllers reach this one: as configured, else by the address and the port that it listens on. */
    private static String advertised(ControllerConfiguration configuration, Server server) {
        String configured = configuration.getUrl();
        if (configured != null) {
            return configured;
        }
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof ServerConnector http) { // the API's is the first
                String host = http.getHost();
                boolean anyAddress = host == null || host.equals("0.0.0.0") || host.equals("::");
                if (anyAddress) {
                    LOG.warn("Standby controllers on other machines will not reach this one: set "
                            + "SHARDSHIFT_ADVERTISED_URL (url in the file)");
                    host = "127.0.0.1";
                }
                return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + http.getLocalPort();
            }
        }
        throw new IllegalStateException("no connector listens on a port");
    }

    private static Streams streams(
            MigrationRecord migration,
            Keyspace keyspace,
            JdbcShardSessions sessions,
            LeaderStore store,
            Credentials credentials,
            ExecutorService workers) {
        return new MigrationStreams(
                migration,
                keyspace,
                sessions,
                store,
                new DebeziumChangeStreams(
                        shard -> login(store, keyspace, shard, credentials), workers, SystemTiming.INSTANCE),
                workers,
                SystemTiming.INSTANCE);
    }

    private static ShardLogin login(LeaderStore store, Keyspace keyspace, ShardName shard, Credentials credentials) {
        ShardEndpoint endpoint = Controller.endpointOf(store, keyspace.name(), shard);
        Credentials.Secret secret = credentials.find(endpoint.credentials());
        return new ShardLogin(endpoint.url(), secret.user(), secret.password());
    }

    /** Bodies as the reader of files has them. */
    private static final class Bodies implements BodyReader {
        @Override
        public Keyspace keyspace(String text) throws ProblemException {
            return PlanReader.readKeyspace(null, text);
        }

        @Override
        public MigrationPlan plan(String text) throws ProblemException {
            return PlanReader.readPlan(null, text);
        }

        @Override
        public List<FieldError> located(String text, List<FieldError> errors) {
            return FieldLines.filled(text, errors);
        }
    }
}
