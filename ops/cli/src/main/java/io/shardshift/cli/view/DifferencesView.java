package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What verification found different: a paragraph for each value, those that remain first. */
public final class DifferencesView {
    private DifferencesView() {}

    /**
     * @param differences {@code source}, {@code target}, {@code table}, {@code key}, {@code column} (null: the whole row),
     *     {@code sourceValue}, {@code targetValue} (null: no such row), {@code outcome}
     * @param verification of the status: it counts rows that no list holds any more
     */
    public static String screen(String migration, JsonNode differences, JsonNode verification) {
        List<String> remaining = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (JsonNode difference : differences) {
            boolean remains = difference.path("outcome").asText().equals("REMAINS");
            (remains ? remaining : others).add(paragraph(difference));
        }
        List<String> paragraphs = new ArrayList<>();
        paragraphs.add(heading(migration, verification));
        paragraphs.addAll(remaining);
        paragraphs.addAll(others);
        if (differences.size() < verification.path("differences").asLong()) {
            paragraphs.add("Not all are listed: the leading controller lists what it has found itself since the"
                    + " verification last began, 1,000 values at most.");
        }
        return String.join("\n\n", paragraphs);
    }

    private static String heading(String migration, JsonNode verification) {
        if (Text.absent(verification)) {
            return migration + "  nothing has been compared yet";
        }
        long differing = verification.path("differences").asLong();
        return migration + "  " + Text.count(verification.path("rowsCompared")) + " rows compared, "
                + (differing == 0
                        ? "none differed"
                        : Text.count(verification.path("differences")) + " differed, "
                                + Text.count(verification.path("repaired")) + " of them repaired");
    }

    private static String paragraph(JsonNode difference) {
        JsonNode column = difference.path("column");
        String source = Text.of(difference.path("source"));
        String target = Text.of(difference.path("target"));
        int width = Math.max(source.length(), target.length());
        return Text.of(difference.path("outcome")) + "  " + Text.of(difference.path("table")) + " "
                + Text.of(difference.path("key")) + "  "
                + (Text.absent(column) ? "the whole row" : "column " + Text.of(column)) + "\n"
                + value(source, width, difference.path("sourceValue")) + "\n"
                + value(target, width, difference.path("targetValue"));
    }

    private static String value(String shard, int width, JsonNode value) {
        return String.format("  %-" + width + "s  %s", shard, Text.absent(value) ? "no such row" : Text.of(value));
    }
}
