package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a dry run answers: {@code preflight}, a list of findings ({@code check}, {@code subject}, {@code severity} PASS,
 * WARN or FAIL, and unless it passed a {@code problem}), and {@code steps}, a list of texts or of objects whose plain
 * fields are shown.
 */
public final class DryRunView {
    private DryRunView() {}

    /** Whether a check of the preflight failed: the plan would be refused. */
    public static boolean isRefused(JsonNode dryRun) {
        for (JsonNode finding : dryRun.path("preflight")) {
            if (severity(finding).equals("FAIL")) {
                return true;
            }
        }
        return false;
    }

    public static String screen(JsonNode dryRun) {
        List<String> lines = new ArrayList<>();
        lines.add("preflight");
        for (JsonNode finding : dryRun.path("preflight")) {
            lines.add(String.format(
                    "  %-5s %s  %s",
                    severity(finding), Text.of(finding.path("check")), Text.of(finding.path("subject"), "")));
            JsonNode problem = finding.path("problem");
            if (problem.isObject()) {
                lines.add(ProblemLayout.ofProblem(problem).indent(8).stripTrailing());
            }
        }
        lines.add("steps");
        int number = 1;
        for (JsonNode step : dryRun.path("steps")) {
            lines.add(String.format("  %3d  %s", number++, step(step)));
        }
        lines.add("nothing has changed");
        return lines.stream().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    private static String severity(JsonNode finding) {
        return Text.of(finding.path("severity"));
    }

    private static String step(JsonNode step) {
        if (!step.isObject()) {
            return Text.of(step);
        }
        return step.properties().stream()
                .filter(field -> !Text.absent(field.getValue()))
                .map(field -> Text.of(field.getValue()))
                .collect(Collectors.joining("  "));
    }
}
