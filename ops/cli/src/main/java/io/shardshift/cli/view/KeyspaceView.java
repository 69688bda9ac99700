package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A keyspace with its shards, and the agents in front of it. */
public final class KeyspaceView {
    private KeyspaceView() {}

    /** Slot map, shards, tables and migrations. */
    public static String screen(JsonNode keyspace) {
        List<String> lines = new ArrayList<>();
        JsonNode function = keyspace.path("shardFunction");
        String by = Text.of(function.isObject() ? function.path("kind") : function, "");
        lines.add(Text.of(keyspace.path("keyspace"), Text.of(keyspace.path("name"))) + "  "
                + Text.count(keyspace.path("slots")) + " slots"
                + (by.isEmpty() ? "" : " by " + by));
        Table shards = new Table(List.of("SHARD", "SLOTS", "URL"));
        for (Map.Entry<String, JsonNode> shard : keyspace.path("shards").properties()) {
            shards.add(List.of(
                    Text.clean(shard.getKey()),
                    slots(keyspace.path("slotMap").path(shard.getKey())),
                    Text.of(shard.getValue().path("url"))));
        }
        lines.add("");
        lines.add(shards.render());
        JsonNode tables = keyspace.path("tables");
        lines.add("");
        if (!tables.isMissingNode()) {
            lines.add("tables      " + (tables.isObject() ? String.join(", ", names(tables)) : Text.of(tables)));
        }
        JsonNode running = keyspace.path("running");
        if (!running.isMissingNode()) {
            lines.add("running     " + Text.of(running, "none"));
        }
        JsonNode migrations = keyspace.path("migrations");
        if (!migrations.isMissingNode()) {
            lines.add("migrations  " + migrations(migrations));
        }
        return String.join("\n", lines);
    }

    /** The agents, a row each, with whatever the controller says of them; then the transactions that hold them up. */
    public static String agents(JsonNode agents, Instant now) {
        if (agents.isEmpty()) {
            return "no agents";
        }
        List<String> lines = new ArrayList<>();
        lines.add(Table.ofObjects(agents, now).render());
        for (JsonNode agent : agents) {
            for (JsonNode holding : agent.path("holding")) {
                lines.add("");
                lines.add(Text.of(agent.path("id")) + " cannot acknowledge newer routes: a transaction is open");
                lines.add("  thread  " + Text.of(holding.path("thread")));
                lines.add("  since   " + Text.since(holding.path("since"), now));
                lines.add("  last    " + Text.of(holding.path("statement")));
            }
        }
        return String.join("\n", lines);
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream()
                .map(entry -> Text.clean(entry.getKey()))
                .toList();
    }

    /** A list of slots is shown as the files write it. */
    private static String slots(JsonNode slots) {
        if (!slots.isArray()) {
            return Text.of(slots, "none");
        }
        List<String> parts = new ArrayList<>();
        slots.forEach(slot -> parts.add(Text.of(slot)));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    private static String migrations(JsonNode migrations) {
        List<String> parts = new ArrayList<>();
        for (JsonNode migration : migrations) {
            parts.add(
                    migration.isObject()
                            ? Text.of(migration.path("name")) + " " + Text.of(migration.path("phase")) + " "
                                    + Text.of(migration.path("state"))
                            : Text.of(migration));
        }
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
