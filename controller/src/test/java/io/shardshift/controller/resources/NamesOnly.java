package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads names from JSON and makes the rest up: these tests are about what goes through HTTP. */
final class NamesOnly implements BodyReader {
    @Override
    public Keyspace keyspace(String text) throws ProblemException {
        ShardName shard = new ShardName("shop-0");
        SlotMap slotMap = new SlotMap(1, new TreeMap<>(Map.of(shard, SlotRanges.of(0, 0))));
        ShardSpec spec = new ShardSpec("jdbc:mysql://127.0.0.1:3306/shop", "shop-0");
        return new Keyspace(
                new KeyspaceName(name(text, "keyspace", ErrorCode.BAD_KEYSPACE)),
                new ShardFunction.Unsharded(),
                new TreeMap<>(),
                true,
                new TreeMap<>(Map.of(shard, spec)),
                slotMap,
                null,
                List.of(),
                ShardKeyForm.AS_IS);
    }

    @Override
    public MigrationPlan plan(String text) throws ProblemException {
        return new MigrationPlan(
                new MigrationName(name(text, "migration", ErrorCode.BAD_PLAN)),
                new KeyspaceName("shop"),
                new TreeMap<>(),
                new TreeMap<>(),
                Gates.DEFAULT,
                GroupsSpec.DEFAULT,
                HandoffSpec.DEFAULT,
                MigrationPlan.Reads.STRICT,
                MigrationPlan.Backfill.COPY,
                PacingSpec.DEFAULT,
                List.of());
    }

    @Override
    public List<FieldError> located(String text, List<FieldError> errors) {
        return errors;
    }

    private static String name(String text, String field, ErrorCode code) throws ProblemException {
        JsonNode name =
                Json.read(text.getBytes(StandardCharsets.UTF_8), JsonNode.class).path(field);
        if (!name.isTextual()) {
            FieldError error = new FieldError(null, 3, field, "is missing", "add it");
            throw new ProblemException(
                    Problem.of(code, "The body has no {}", field).withErrors(List.of(error)));
        }
        return name.textValue();
    }
}
