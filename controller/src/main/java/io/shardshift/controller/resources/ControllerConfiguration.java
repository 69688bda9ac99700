package io.shardshift.controller.resources;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.GzipHandlerFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.util.Duration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Dropwizard's file with four keys of ours (`zookeeper`, `operatorToken`, `viewerToken`, `url`); or all of it from the environment. A token may be written as
 * {@code ${SHARDSHIFT_OPERATOR_TOKEN}}. Confined to the start.
 */
public class ControllerConfiguration extends Configuration {
    static final String DEFAULT_HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 8080;
    private static final int DEFAULT_ADMIN_PORT = 8081;
    private static final int MAX_PORT = 65_535;
    /** Requests under way have this long when the process ends; Kubernetes kills after 30 s. */
    private static final Duration GRACE = Duration.seconds(5);

    private String zookeeper = "";
    private @Nullable String operatorToken;
    private @Nullable String viewerToken;
    private @Nullable String url;
    private boolean insecureNoAuth;

    /** Defaults: loopback, ports 8080 and 8081, no token. */
    public ControllerConfiguration() {
        setServerFactory(server(DEFAULT_HOST, DEFAULT_PORT, DEFAULT_ADMIN_PORT));
        setLoggingFactory(logging());
    }

    /** Reads the {@code SHARDSHIFT_} variables; throws {@link StartRefused} naming the one that cannot be used. */
    public static ControllerConfiguration fromEnvironment(Map<String, String> environment) {
        ControllerConfiguration configuration = new ControllerConfiguration();
        configuration.zookeeper = environment.getOrDefault("SHARDSHIFT_ZOOKEEPER", "");
        configuration.operatorToken = environment.get("SHARDSHIFT_OPERATOR_TOKEN");
        configuration.viewerToken = environment.get("SHARDSHIFT_VIEWER_TOKEN");
        configuration.url = environment.get("SHARDSHIFT_ADVERTISED_URL");
        configuration.setServerFactory(server(
                environment.getOrDefault("SHARDSHIFT_HOST", DEFAULT_HOST),
                port(environment, "SHARDSHIFT_PORT", DEFAULT_PORT),
                port(environment, "SHARDSHIFT_ADMIN_PORT", DEFAULT_ADMIN_PORT)));
        return configuration;
    }

    /** Sets what does not depend on where the rest came from. */
    void complete(Map<String, String> environment) {
        insecureNoAuth = "true".equals(environment.get("SHARDSHIFT_INSECURE_NO_AUTH"));
        if (zookeeper.isBlank()) {
            throw new StartRefused("No ZooKeeper is configured: set SHARDSHIFT_ZOOKEEPER, such as zk1:2181,zk2:2181 "
                    + "(zookeeper in the file).");
        }
        url = checkedUrl(url);
        if (!(getServerFactory() instanceof DefaultServerFactory server)) {
            throw new StartRefused("server.type must be default: the admin port has no tokens and stays apart.");
        }
        server.setRegisterDefaultExceptionMappers(false); // ProblemMapper answers all
        GzipHandlerFactory gzip = new GzipHandlerFactory();
        gzip.setEnabled(false); // it would hold events back
        server.setGzipFilterFactory(gzip);
        bindToLoopback(server.getApplicationConnectors());
        bindToLoopback(server.getAdminConnectors());
    }

    /** Throws {@link StartRefused} for a port that cannot be opened: the server itself would print its stack. */
    void requireFreePorts() {
        if (getServerFactory() instanceof DefaultServerFactory server) {
            requireFree(server.getApplicationConnectors(), "SHARDSHIFT_PORT (applicationConnectors in the file)");
            requireFree(server.getAdminConnectors(), "SHARDSHIFT_ADMIN_PORT (adminConnectors in the file)");
        }
    }

    private static void requireFree(List<ConnectorFactory> connectors, String setting) {
        for (ConnectorFactory connector : connectors) {
            if (connector instanceof HttpConnectorFactory http && http.getPort() != 0) {
                try (ServerSocket probe =
                        new ServerSocket(http.getPort(), 1, InetAddress.getAllByName(http.getBindHost())[0])) {
                    probe.getLocalPort(); // opened and closed again
                } catch (IOException e) {
                    throw new StartRefused("Port " + http.getPort() + " of " + http.getBindHost()
                            + " cannot be opened: " + e.getMessage() + ". Set " + setting + ".");
                }
            }
        }
    }

    Tokens tokens() {
        return Tokens.of(operatorToken, viewerToken, insecureNoAuth);
    }

    /** ZooKeeper's connect string. */
    @JsonProperty
    public String getZookeeper() {
        return zookeeper;
    }

    @JsonProperty
    public void setZookeeper(String zookeeper) {
        this.zookeeper = zookeeper;
    }

    @JsonProperty
    public void setOperatorToken(@Nullable String operatorToken) {
        this.operatorToken = operatorToken;
    }

    @JsonProperty
    public void setViewerToken(@Nullable String viewerToken) {
        this.viewerToken = viewerToken;
    }

    /** Where other controllers reach this one, without a slash at its end; null: by its address and port. */
    @JsonProperty
    public @Nullable String getUrl() {
        return url;
    }

    @JsonProperty
    public void setUrl(@Nullable String url) {
        this.url = url;
    }

    private static void bindToLoopback(List<ConnectorFactory> connectors) {
        for (ConnectorFactory connector : connectors) {
            if (connector instanceof HttpConnectorFactory http && http.getBindHost() == null) {
                http.setBindHost(DEFAULT_HOST); // open to the network only where it was asked for
            }
        }
    }

    private static DefaultServerFactory server(String host, int port, int adminPort) {
        HttpConnectorFactory application = (HttpConnectorFactory) HttpConnectorFactory.application();
        application.setBindHost(host);
        application.setPort(port);
        HttpConnectorFactory admin = (HttpConnectorFactory) HttpConnectorFactory.admin();
        admin.setBindHost(host);
        admin.setPort(adminPort);
        DefaultServerFactory server = new DefaultServerFactory();
        server.setApplicationConnectors(List.of(application));
        server.setAdminConnectors(List.of(admin));
        server.setShutdownGracePeriod(GRACE);
        LogbackAccessRequestLogFactory requests = new LogbackAccessRequestLogFactory();
        requests.setAppenders(List.of()); // commands are in the audit log; reads would drown it
        server.setRequestLogFactory(requests);
        return server;
    }

    private static DefaultLoggingFactory logging() {
        DefaultLoggingFactory logging = new DefaultLoggingFactory();
        logging.setLevel("INFO");
        TextNode warn = TextNode.valueOf("WARN");
        logging.setLoggers(Map.of(
                "io.debezium", warn,
                "org.apache.kafka", warn,
                "org.apache.zookeeper", warn,
                "org.apache.curator", warn,
                "com.github.shyiko.mysql", warn));
        return logging;
    }

    private static @Nullable String checkedUrl(@Nullable String url) {
        if (url == null || url.isBlank()) {
            return null;
        }
        String text = url.strip().replaceFirst("/+$", "");
        if (!text.matches("https?://[A-Za-z0-9._:\\[\\]-]+(/[A-Za-z0-9._~/-]*)?")) {
            throw new StartRefused("SHARDSHIFT_ADVERTISED_URL (url in the file) must be where other controllers reach "
                    + "this one, such as http://shift-1:8080, but is: " + text);
        }
        return text;
    }

    private static int port(Map<String, String> environment, String name, int byDefault) {
        String text = environment.get(name);
        if (text == null || text.isBlank()) {
            return byDefault;
        }
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > MAX_PORT) {
            throw new StartRefused(name + " must be a port, 0 to " + MAX_PORT + ", but is: " + text);
        }
        return Integer.parseInt(text);
    }
}
