package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.plans.Examples;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The schemas say the same words as the reader and take what it takes. */
class SchemaTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();
    static final String KEYSPACE = text("keyspace");
    static final String PLAN = text("plan");

    static Stream<Path> keyspaces() {
        return Examples.keyspaces().stream();
    }

    static Stream<Path> plans() {
        return Examples.plans().stream();
    }

    @ParameterizedTest
    @MethodSource("keyspaces")
    void eachKeyspaceFitsItsSchema(Path file) {
        assertThat(errors(KEYSPACE, Examples.text(file))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("plans")
    void eachPlanFitsItsSchema(Path file) {
        assertThat(errors(PLAN, Examples.text(file))).isEmpty();
    }

    @Test
    void theWordsOfAKeyspaceAreTheReaders() throws IOException {
        JsonNode schema = MAPPER.readTree(KEYSPACE);
        JsonNode properties = schema.path("properties");
        assertThat(names(schema)).isEqualTo(KeyspaceForm.FIELDS);
        assertThat(words(properties.path("shardFunction").path("anyOf").path(0)))
                .isEqualTo(FunctionForm.FUNCTIONS);
        assertThat(names(properties.path("shardFunction").path("anyOf").path(1)))
                .isEqualTo(FunctionForm.TABLE_FUNCTIONS);
        assertThat(words(properties.path("shardKeyForm"))).isEqualTo(Words.of(ShardKeyForm.class));
        assertThat(names(properties.path("autoIncrement").path("anyOf").path(1)))
                .isEqualTo(KeyspaceForm.AUTO_INCREMENT_FIELDS);
        JsonNode parts = schema.path("$defs");
        assertThat(names(parts.path("shard"))).isEqualTo(ShardsForm.SHARD_FIELDS);
        assertThat(names(parts.path("table"))).isEqualTo(TablesForm.TABLE_FIELDS);
        assertThat(names(parts.path("lookup"))).isEqualTo(FunctionForm.LOOKUP_FIELDS);
        assertThat(words(parts.path("lookup").path("properties").path("default")))
                .isEqualTo(FunctionForm.LOOKUP_DEFAULTS);
    }

    @Test
    void theWordsOfAPlanAreTheReaders() throws IOException {
        JsonNode schema = MAPPER.readTree(PLAN);
        JsonNode properties = schema.path("properties");
        assertThat(names(schema)).isEqualTo(PlanForm.FIELDS);
        assertThat(names(properties.path("gates"))).isEqualTo(PlanForm.GATE_FIELDS);
        properties
                .path("gates")
                .path("properties")
                .forEach(gate -> assertThat(words(gate)).isEqualTo(Words.of(Gates.Gate.class)));
        assertThat(names(properties.path("groups"))).isEqualTo(PlanForm.GROUP_FIELDS);
        assertThat(names(properties.path("handoff"))).isEqualTo(PlanForm.HANDOFF_FIELDS);
        assertThat(words(properties.path("handoff").path("properties").path("onLongTransaction")))
                .isEqualTo(Words.of(HandoffSpec.OnLongTransaction.class));
        assertThat(names(properties.path("pacing"))).isEqualTo(PlanForm.PACING_FIELDS);
        assertThat(words(properties.path("reads"))).isEqualTo(Words.of(MigrationPlan.Reads.class));
        assertThat(words(properties.path("backfill"))).isEqualTo(Words.of(MigrationPlan.Backfill.class));
        assertThat(names(schema.path("$defs").path("shard"))).isEqualTo(ShardsForm.SHARD_FIELDS);
    }

    /** A plan of the schema's defaults is the plan in which nothing is said. */
    @Test
    void theDefaultsOfThePlansSchemaAreThoseOfTheReader() throws IOException, ProblemException {
        StringBuilder defaults = new StringBuilder("{migration: m, keyspace: k, slotMap: {a: 0}");
        JsonNode properties = MAPPER.readTree(PLAN).path("properties");
        for (String field : PlanForm.FIELDS) {
            JsonNode property = properties.path(field);
            if (property.has("default")) {
                defaults.append(", ").append(field).append(": ").append(property.get("default"));
            } else if (property.has("properties")) {
                List<String> inner = new ArrayList<>();
                property.path("properties")
                        .fields()
                        .forEachRemaining(entry -> inner.add(
                                entry.getKey() + ": " + entry.getValue().get("default")));
                defaults.append(", ")
                        .append(field)
                        .append(": {")
                        .append(String.join(", ", inner))
                        .append("}");
            }
        }
        assertThat(PlanReader.readPlan(null, defaults + "}"))
                .isEqualTo(PlanReader.readPlan(null, "{migration: m, keyspace: k, slotMap: {a: 0}}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{migration: m, keyspace: k, slotMap: {}}",
                "{migration: m, keyspace: k, slotMap: {a: 0}, gate: {}}",
                "{migration: m, keyspace: k, slotMap: {a: 0}, handoff: {deadline: 2}}",
                "{migration: m, keyspace: k, slotMap: {a: 0}, pacing: {copiers: 65}}",
                "{migration: m, keyspace: k, slotMap: {a: x}}"
            })
    void whatThePlansSchemaRefusesTheReaderRefuses(String plan) {
        assertThat(errors(PLAN, plan)).isNotEmpty();
        assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> PlanReader.readPlan(null, plan));
    }

    static List<Error> errors(String schema, String yaml) {
        return COMPILED.computeIfAbsent(
                        schema, SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)::getSchema)
                .validate(json(yaml), InputFormat.JSON);
    }

    private static String json(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(true)
                .build();
        return MAPPER.valueToTree(new Load(settings).loadFromString(yaml)).toString();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.path("properties").fieldNames().forEachRemaining(names::add);
        assertThat(object.path("additionalProperties").asBoolean(true)).isFalse();
        return names;
    }

    private static List<String> words(JsonNode property) {
        List<String> words = new ArrayList<>();
        property.path("enum").forEach(word -> words.add(word.textValue()));
        return words;
    }

    private static String text(String name) {
        try (InputStream in =
                SchemaTest.class.getResourceAsStream("/io/shardshift/plans/schema/" + name + ".schema.json")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
