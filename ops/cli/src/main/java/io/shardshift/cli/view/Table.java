package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Rows under a heading, each column as wide as its widest cell. Not thread-safe. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(List<String> heading) {
        rows.add(List.copyOf(heading));
    }

    /** Each plain field of any of the objects is a column, in the order in which the controller names them. */
    static Table ofObjects(JsonNode objects, Instant now) {
        Set<String> fields = new LinkedHashSet<>();
        for (JsonNode object : objects) {
            object.properties().forEach(field -> {
                if (field.getValue().isValueNode()) {
                    fields.add(field.getKey());
                }
            });
        }
        Table table = new Table(fields.stream().map(Table::heading).toList());
        for (JsonNode object : objects) {
            table.add(fields.stream()
                    .map(field -> Text.since(object.path(field), now)) // as it is, unless it is an instant
                    .toList());
        }
        return table;
    }

    void add(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    String render() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }

    /** {@code acknowledgedEpoch} becomes {@code ACKNOWLEDGED EPOCH}. */
    private static String heading(String field) {
        return Text.clean(field).replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(Locale.ROOT);
    }
}
