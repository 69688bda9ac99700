package io.shardshift.controller.resources;

import jakarta.ws.rs.core.Response;
import java.net.URI;

/** Turns an {@link Answer} into a response. */
final class Answers {
    private Answers() {}

    static Response response(Answer answer) {
        Response.ResponseBuilder response = Response.status(answer.status()).entity(answer.body());
        String location = answer.location();
        return location == null
                ? response.build()
                : response.location(URI.create(location)).build();
    }
}
