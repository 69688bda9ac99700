package io.shardshift.controller.resources;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The API's description, written by hand and tested against the resources. */
@Path("/api/v1/openapi.yaml")
public final class OpenApiResource {
    private final byte[] text = read();

    @GET
    @Produces("application/yaml")
    public byte[] show() {
        return text.clone();
    }

    private static byte[] read() {
        try (InputStream file = OpenApiResource.class.getResourceAsStream("/openapi.yaml")) {
            if (file == null) {
                throw new IllegalStateException("openapi.yaml is not in the jar");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
