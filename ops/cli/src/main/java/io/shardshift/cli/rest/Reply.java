package io.shardshift.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;

/** A controller's answer of class 2xx: its text as it came, and the same parsed. */
public record Reply(int status, String body, JsonNode json) {
    /** The rows of a list, whether it stands alone or under {@code name} in an object. */
    public JsonNode list(String name) {
        return json.isArray() ? json : json.path(name);
    }
}
