package io.shardshift.controller.resources;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationSourceProvider;
import io.dropwizard.configuration.EnvironmentVariableSubstitutor;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.ServerLifecycleListener;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.shardshift.api.time.SystemTiming;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import net.sourceforge.argparse4j.inf.Namespace;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.glassfish.jersey.server.ServerProperties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller as a process. {@code run("server", file)} reads the file, {@code run("server")} the environment; both
 * return when the server is up, and end the process when it cannot start. One use each.
 */
public class ControllerApplication extends Application<ControllerConfiguration> {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerApplication.class);
    /** Each holds a request thread; Dropwizard has 1,024. */
    private static final int MOST_STREAMS = 64;
    /** Below the connector's idle timeout of 30 s and the 60 s of usual proxies. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final ControlPlaneFactory planes;
    private final BodyReader bodies;
    private final Map<String, String> variables;
    private volatile @Nullable Server server;
    private volatile int port = -1;
    private volatile int adminPort = -1;

    /**
     * Not started.
     *
     * @param variables the process's environment
     */
    public ControllerApplication(ControlPlaneFactory planes, BodyReader bodies, Map<String, String> variables) {
        this.planes = planes;
        this.bodies = bodies;
        this.variables = Map.copyOf(variables);
    }

    @Override
    public String getName() {
        return "shardshift-controller";
    }

    @Override
    public void initialize(Bootstrap<ControllerConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new EnvironmentVariableSubstitutor(true)));
        bootstrap.setConfigurationFactoryFactory((type, validator, mapper, prefix) ->
                new YamlConfigurationFactory<ControllerConfiguration>(type, validator, mapper, prefix) {
                    @Override
                    public ControllerConfiguration build() {
                        return completed(ControllerConfiguration.fromEnvironment(variables));
                    }

                    @Override
                    public ControllerConfiguration build(ConfigurationSourceProvider provider, String path)
                            throws IOException, ConfigurationException {
                        return completed(super.build(provider, path));
                    }
                });
    }

    @Override
    protected void addDefaultCommands(Bootstrap<ControllerConfiguration> bootstrap) {
        bootstrap.addCommand(new PlainServerCommand(this));
    }

    @Override
    public void run(ControllerConfiguration configuration, Environment environment) throws Exception {
        Tokens tokens = configuration.tokens();
        tokens.warnings().forEach(LOG::warn);
        if (tokens.isOpenToAll()) {
            LOG.warn("SHARDSHIFT_INSECURE_NO_AUTH is set: whoever reaches the port is the operator");
        }
        if (!tokens.haveAnOperator()) {
            LOG.warn(
                    "No operator's token is configured: this controller can be looked at, and nobody can command it. Set "
                            + "SHARDSHIFT_OPERATOR_TOKEN (operatorToken in the file) and start it again");
        }
        configuration.requireFreePorts();
        learnPorts(environment);
        ControlPlane plane = planes.start(configuration, environment);
        ProblemErrorHandler errors = new ProblemErrorHandler();
        environment.getApplicationContext().setErrorHandler(errors);
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(plane.figures());
        environment.healthChecks().register("ready", new ReadyCheck(plane));
        environment
                .admin()
                .addServlet("prometheus", new MetricsServlet(registry))
                .addMapping("/metrics");
        registerApi(environment, plane, tokens, new ApiRequests(registry));
    }

    /** The API's port, also when 0 was configured; throws IllegalStateException before the server is up. */
    public int port() {
        return known(port);
    }

    /** The admin port, likewise. */
    public int adminPort() {
        return known(adminPort);
    }

    /** Ends what was started; returns when it has ended. */
    public void stop() throws Exception {
        Server started = server;
        if (started != null) {
            started.stop();
        }
    }

    private ControllerConfiguration completed(ControllerConfiguration configuration) {
        configuration.complete(variables);
        configuration.tokens(); // refuses before anything is opened
        return configuration;
    }

    private void registerApi(Environment environment, ControlPlane plane, Tokens tokens, ApiRequests requests) {
        EventStreams streams = new EventStreams(MOST_STREAMS, HEARTBEAT, plane::leads);
        ForwardingFilter forwarding = new ForwardingFilter(plane, SystemTiming.INSTANCE);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStopping(LifeCycle stopping) {
                streams.stop(); // before the server waits for requests that are under way
                forwarding.stop();
            }
        });
        Auditing auditing = new Auditing(plane, Clock.systemUTC());
        var jersey = environment.jersey();
        jersey.property(ServerProperties.WADL_FEATURE_DISABLE, true);
        jersey.property(ServerProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0); // else a flush does not reach the client
        jersey.register(requests);
        jersey.register(new TokenFilter(tokens));
        jersey.register(new BodyLimitFilter());
        jersey.register(forwarding);
        jersey.register(new ProblemMapper());
        jersey.register(new KeyspaceResource(plane, bodies, auditing));
        jersey.register(new MigrationResource(plane, bodies, auditing, streams));
        jersey.register(new OpenApiResource());
    }

    private void learnPorts(Environment environment) {
        environment.lifecycle().addServerLifecycleListener(new ServerLifecycleListener() {
            @Override
            public void serverStarted(Server started) {
                port = getLocalPort(started);
                adminPort = getAdminPort(started);
                server = started;
                started.setErrorHandler(new ProblemErrorHandler());
            }
        });
    }

    private static int known(int port) {
        if (port < 0) {
            throw new IllegalStateException("the server is not up");
        }
        return port;
    }

    /** Says in one line why the configuration does not allow a start. */
    private static final class PlainServerCommand extends ServerCommand<ControllerConfiguration> {
        PlainServerCommand(ControllerApplication application) {
            super(application);
        }

        @Override
        public void onError(Cli cli, Namespace namespace, Throwable thrown) {
            if (thrown instanceof StartRefused || thrown instanceof ConfigurationException) {
                cli.getStdErr().println(thrown.getMessage());
            } else {
                super.onError(cli, namespace, thrown);
            }
        }
    }
}
