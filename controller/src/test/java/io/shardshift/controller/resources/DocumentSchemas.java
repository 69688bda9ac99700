package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What openapi.yaml says of documents, and whether one is as it says: no key that is not named, none missing, no other type. */
public final class DocumentSchemas {
    private static final String REFERENCE = "#/components/schemas/";

    private final JsonNode schemas;

    public DocumentSchemas() throws IOException {
        schemas = new YAMLMapper()
                .readTree(new OpenApiResource().show())
                .path("components")
                .path("schemas");
    }

    public void assertDescribes(String schema, JsonNode document) {
        List<String> found = new ArrayList<>();
        compare(schemas.path(schema), document, schema, found);
        assertThat(found).as("what openapi.yaml does not say of %s", document).isEmpty();
    }

    private void compare(JsonNode given, JsonNode value, String at, List<String> found) {
        JsonNode schema =
                given.has("$ref") ? schemas.path(given.path("$ref").asText().substring(REFERENCE.length())) : given;
        assertThat(schema.isObject()).as("schema of %s", at).isTrue();
        if (schema.has("anyOf")) {
            for (JsonNode one : schema.path("anyOf")) {
                if (value.isNull() == one.path("type").asText().equals("null")) {
                    compare(one, value, at, found);
                    return;
                }
            }
            found.add(at + " is " + value);
            return;
        }
        if (!allows(schema.path("type"), value)) {
            found.add(at + " is " + value);
        }
        if (schema.has("enum") && !values(schema.path("enum")).contains(value.asText())) {
            found.add(at + " is " + value);
        }
        value.properties().forEach(entry -> {
            JsonNode property = schema.path("properties").path(entry.getKey());
            JsonNode others = schema.path("additionalProperties");
            String name = at + "." + entry.getKey();
            if (property.isObject()) {
                compare(property, entry.getValue(), name, found);
            } else if (others.isObject()) {
                compare(others, entry.getValue(), name, found);
            } else if (!others.asBoolean()) {
                found.add(name);
            }
        });
        if (value.isObject()) {
            for (JsonNode required : schema.path("required")) {
                if (!value.has(required.asText())) {
                    found.add(at + "." + required.asText() + " is missing");
                }
            }
        }
        if (value.isArray()) {
            for (JsonNode item : value) {
                compare(schema.path("items"), item, at + "[]", found);
            }
        }
    }

    private static boolean allows(JsonNode type, JsonNode value) {
        String is = value.isNull()
                ? "null"
                : value.isTextual()
                        ? "string"
                        : value.isBoolean()
                                ? "boolean"
                                : value.isIntegralNumber() ? "integer" : value.isArray() ? "array" : "object";
        return type.isArray() ? values(type).contains(is) : type.asText().equals(is);
    }

    private static List<String> values(JsonNode list) {
        List<String> values = new ArrayList<>();
        list.forEach(value -> values.add(value.asText()));
        return values;
    }
}
