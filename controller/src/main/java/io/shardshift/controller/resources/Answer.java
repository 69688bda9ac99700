package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What a change answers.
 *
 * @param status HTTP status: 201 made, 200 it was there already or a dry run
 * @param location path of what was made, below the server's root; null where nothing was made
 */
public record Answer(int status, @Nullable String location, JsonNode body) {}
