package io.shardshift.controller;

import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.coordinator.Controller;
import io.shardshift.controller.coordinator.MigrationStreams;
import io.shardshift.controller.resources.ControllerConfiguration;
import io.shardshift.controller.resources.KeyspacesResource;
import io.shardshift.controller.resources.MigrationsResource;
import io.shardshift.controller.resources.ProblemMapper;
import io.shardshift.controller.resources.TokenFilter;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.stream.DebeziumChangeStreams;
import io.shardshift.controller.stream.ShardLogin;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One controller process. With a file: Dropwizard's YAML. Without: the environment, see the README. */
public final class ControllerMain extends Application<ControllerConfiguration> {
    /** What the environment alone configures; loopback unless SHARDSHIFT_HOST says otherwise. */
    private static final String FROM_ENVIRONMENT = """
            zookeeper: "${SHARDSHIFT_ZOOKEEPER}"
            operatorToken: "${SHARDSHIFT_OPERATOR_TOKEN}"
            viewerToken: "${SHARDSHIFT_VIEWER_TOKEN:-}"
            server:
              applicationConnectors:
                - {type: http, bindHost: "${SHARDSHIFT_HOST:-127.0.0.1}", port: ${SHARDSHIFT_PORT:-8080}}
              adminConnectors:
                - {type: http, bindHost: "${SHARDSHIFT_HOST:-127.0.0.1}", port: ${SHARDSHIFT_ADMIN_PORT:-8081}}
              requestLog: {appenders: []}
              registerDefaultExceptionMappers: false
              shutdownGracePeriod: 2s
            logging:
              level: WARN
              loggers: {io.shardshift: INFO}
            """;

    /** The session time-out that bounds a take-over after a crash (protocol, hand-off). */
    private static final Duration SESSION = Duration.ofSeconds(4);

    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 1) {
            System.err.println("usage: controller [CONFIG]");
            System.exit(2);
        }
        if (arguments.length == 0) {
            for (String needed : new String[] {"SHARDSHIFT_ZOOKEEPER", "SHARDSHIFT_OPERATOR_TOKEN"}) {
                if (System.getenv(needed) == null || System.getenv(needed).isEmpty()) {
                    System.err.println(needed + " is not set: set it, or name a configuration file");
                    System.exit(2);
                }
            }
        }
        new ControllerMain().run("server", arguments.length == 1 ? arguments[0] : "environment");
    }

    @Override
    public void initialize(Bootstrap<ControllerConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                path -> path.equals("environment") ? fromEnvironment() : new java.io.FileInputStream(path),
                new EnvironmentVariableSubstitutor(false)));
    }

    private static InputStream fromEnvironment() {
        return new ByteArrayInputStream(FROM_ENVIRONMENT.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void run(ControllerConfiguration configuration, Environment environment) {
        Credentials credentials = Credentials.ofEnvironment();
        ExecutorService workers = Executors.newCachedThreadPool();
        CuratorCoordination coordination =
                CuratorCoordination.connect(configuration.getZookeeper(), SESSION, Duration.ofSeconds(15));
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
        environment.lifecycle().manage(new Managed() {
            @Override
            public void start() {
                loop.start();
            }

            @Override
            public void stop() throws InterruptedException {
                controller.close();
                loop.join(5_000);
            }
        });
        environment.healthChecks().register("controller", new com.codahale.metrics.health.HealthCheck() {
            @Override
            protected Result check() {
                return controller.isReady() && controller.leads()
                        ? Result.healthy()
                        : Result.unhealthy("not connected to ZooKeeper, or standing by");
            }
        });
        environment
                .jersey()
                .register(new TokenFilter(configuration.getOperatorToken(), configuration.getViewerToken()));
        environment.jersey().register(new ProblemMapper());
        environment.jersey().register(new KeyspacesResource(controller));
        environment.jersey().register(new MigrationsResource(controller));
    }

    private static MigrationStreams streams(
            io.shardshift.controller.store.MigrationRecord migration,
            io.shardshift.api.plan.Keyspace keyspace,
            JdbcShardSessions sessions,
            LeaderStore store,
            Credentials credentials,
            ExecutorService workers) {
        return new MigrationStreams(
                migration,
                keyspace,
                sessions,
                store,
                new DebeziumChangeStreams(shard -> login(store, keyspace, shard, credentials), workers),
                workers,
                SystemTiming.INSTANCE);
    }

    private static ShardLogin login(
            LeaderStore store,
            io.shardshift.api.plan.Keyspace keyspace,
            io.shardshift.api.routing.ShardName shard,
            Credentials credentials) {
        io.shardshift.api.routing.ShardEndpoint endpoint = Controller.endpointOf(store, keyspace.name(), shard);
        Credentials.Secret secret = credentials.find(endpoint.credentials());
        return new ShardLogin(endpoint.url(), secret.user(), secret.password());
    }
}
