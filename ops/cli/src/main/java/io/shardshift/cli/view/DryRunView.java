package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.migration.StepText;
import io.shardshift.api.plan.Gates.Gate;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.plans.move.Shape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a dry run answers: {@code preflight}, a list of findings ({@code check}, {@code subject}, {@code severity} PASS,
 * WARN or FAIL, and unless it passed a {@code problem}), {@code groups}, and {@code steps}, a list of names.
 */
public final class DryRunView {
    private DryRunView() {}

    /** Whether a check of the preflight failed: the plan would be refused. */
    public static boolean isRefused(JsonNode dryRun) {
        return count(dryRun, "FAIL") > 0;
    }

    /** The shape of the move, its groups, the steps with the gates between them, and what the preflight found. */
    public static String screen(MigrationPlan plan, Shape shape, JsonNode dryRun) {
        List<String> lines = new ArrayList<>();
        lines.add(plan.name() + "  keyspace " + plan.keyspace());
        lines.add(shape.describe());
        lines.add("");
        groups(lines, plan, dryRun.path("groups"));
        lines.add("steps");
        steps(lines, plan, dryRun.path("steps"));
        lines.add("");
        preflight(lines, dryRun);
        lines.add(
                isRefused(dryRun)
                        ? "Submitted now, the plan would be refused. Nothing has changed."
                        : "The plan can be submitted. Nothing has changed.");
        return lines.stream().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    private static void groups(List<String> lines, MigrationPlan plan, JsonNode groups) {
        if (groups.isEmpty()) {
            return;
        }
        Table table = new Table(List.of("GROUP", "SLOTS", "FROM", "TO", ""));
        for (JsonNode group : groups) {
            boolean canary = plan.groups().first() > 0 && group.path("group").asInt(-1) == 0;
            table.add(List.of(
                    Text.of(group.path("group")),
                    Text.of(group.path("slots")),
                    Text.of(group.path("source")),
                    Text.of(group.path("target")),
                    canary ? "the canary" : ""));
        }
        lines.add("groups, handed over one by one");
        lines.add(table.render().indent(2).stripTrailing());
        lines.add("");
    }

    private static void steps(List<String> lines, MigrationPlan plan, JsonNode steps) {
        Map<StepText, String> gates = manualGates(plan);
        int number = 1;
        for (JsonNode step : steps) {
            String name = Text.of(step);
            StepText text = StepText.of(name);
            if (text == null) {
                lines.add(String.format("  %3d  %s", number++, name)); // of a later version
                continue;
            }
            if (gates.containsKey(text)) {
                lines.add("       gate " + gates.get(text) + ": waits for shardshift "
                        + (text == StepText.VACATE_SOURCES ? "complete " : "advance ") + plan.name());
            }
            lines.add(String.format("  %3d  %-15s  %s", number++, text.phase(), text.does()));
        }
    }

    private static Map<StepText, String> manualGates(MigrationPlan plan) {
        Map<StepText, String> gates = new EnumMap<>(StepText.class);
        StepText firstHandoff = plan.groups().first() > 0 ? StepText.HANDOFF_CANARY : StepText.HANDOFF_REST;
        gate(gates, plan.gates().dualWrite(), StepText.MIRRORING, "dualWrite");
        gate(gates, plan.gates().readNewFirst(), StepText.POINT_READS, "readNewFirst");
        gate(gates, plan.gates().backfill(), StepText.COPY, "backfill");
        if (plan.groups().first() > 0) {
            gate(gates, plan.gates().allGroups(), StepText.HANDOFF_REST, "allGroups");
        }
        gate(gates, plan.gates().stopOldWrites(), firstHandoff, "stopOldWrites");
        gate(gates, plan.gates().complete(), StepText.VACATE_SOURCES, "complete");
        return gates;
    }

    private static void gate(Map<StepText, String> gates, Gate gate, StepText before, String name) {
        if (gate == Gate.MANUAL) {
            gates.put(before, name);
        }
    }

    /** What failed first, then what warns; of what passed the number alone: forty lines of PASS hide one of FAIL. */
    private static void preflight(List<String> lines, JsonNode dryRun) {
        lines.add("preflight  " + count(dryRun, "FAIL") + " failed, " + count(dryRun, "WARN") + " warn, "
                + count(dryRun, "PASS") + " passed");
        for (String severity : List.of("FAIL", "WARN")) {
            for (JsonNode finding : dryRun.path("preflight")) {
                if (severity(finding).equals(severity)) {
                    lines.add(String.format(
                            "  %-5s %s  %s",
                            severity, Text.of(finding.path("check")), Text.of(finding.path("subject"), "")));
                    JsonNode problem = finding.path("problem");
                    if (problem.isObject()) {
                        lines.add(ProblemLayout.ofProblem(problem).indent(8).stripTrailing());
                    }
                }
            }
        }
    }

    private static int count(JsonNode dryRun, String severity) {
        int count = 0;
        for (JsonNode finding : dryRun.path("preflight")) {
            count += severity(finding).equals(severity) ? 1 : 0;
        }
        return count;
    }

    private static String severity(JsonNode finding) {
        return Text.of(finding.path("severity"));
    }
}
