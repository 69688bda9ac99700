package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    @Test
    void describesEachPathAndMethodAndNoOther() throws IOException {
        JsonNode paths = new YAMLMapper().readTree(new OpenApiResource().show()).path("paths");
        Set<String> described = new TreeSet<>();
        paths.fields()
                .forEachRemaining(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        described.add(method + " " + path.getKey());
                    }
                }));
        Set<String> served = new TreeSet<>();
        for (Class<?> resource : List.of(KeyspaceResource.class, MigrationResource.class, OpenApiResource.class)) {
            for (Method method : resource.getMethods()) {
                addServed(served, resource, method);
            }
        }
        assertThat(described).isEqualTo(served).hasSizeGreaterThan(15);
    }

    private static void addServed(Set<String> served, Class<?> resource, Method method) {
        for (Annotation annotation : method.getAnnotations()) {
            HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (http != null && !http.value().equals(HttpMethod.HEAD)) { // HEAD comes with each GET
                Path below = method.getAnnotation(Path.class);
                String path = resource.getAnnotation(Path.class).value() + (below == null ? "" : "/" + below.value());
                served.add(http.value().toLowerCase(Locale.ROOT) + " " + path);
            }
        }
    }
}
