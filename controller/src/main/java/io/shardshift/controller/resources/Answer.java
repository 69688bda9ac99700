package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** An HTTP answer: status, the path of what was made if any, and the body. */
public record Answer(int status, @Nullable String location, JsonNode body) {}
