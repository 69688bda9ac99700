package io.shardshift.controller.resources;

import io.dropwizard.core.Configuration;
import org.jspecify.annotations.Nullable;

/** The controller's configuration; Dropwizard reads it from YAML, or {@code ControllerMain} from the environment. */
public final class ControllerConfiguration extends Configuration {
    private String zookeeper = "";
    private String operatorToken = "";
    private @Nullable String viewerToken;

    /** Connect string of the ensemble. */
    public String getZookeeper() {
        return zookeeper;
    }

    public void setZookeeper(String zookeeper) {
        this.zookeeper = zookeeper;
    }

    public String getOperatorToken() {
        return operatorToken;
    }

    public void setOperatorToken(String operatorToken) {
        this.operatorToken = operatorToken;
    }

    public @Nullable String getViewerToken() {
        return viewerToken;
    }

    public void setViewerToken(@Nullable String viewerToken) {
        this.viewerToken = viewerToken;
    }
}
