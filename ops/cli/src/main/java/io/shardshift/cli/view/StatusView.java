package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The status of a migration: as a screen, as one line, and as a row among others. */
public final class StatusView {
    private static final int BAR_WIDTH = 30;

    private StatusView() {}

    /** Everything that the status says, about 20 lines. */
    public static String screen(JsonNode status, Instant now) {
        String name = Text.of(status.path("name"));
        List<String> lines = new ArrayList<>();
        lines.add(name + "  keyspace " + Text.of(status.path("keyspace")));
        line(lines, "phase", phase(status) + "  since " + Text.since(status.path("since"), now));
        line(lines, "slots", moved(status));
        line(lines, "eta", Text.seconds(status.path("etaSeconds")));
        copy(lines, status.path("copy"));
        streams(lines, status.path("streams"));
        line(lines, "verified", verification(status.path("verification")));
        line(lines, "throttle", throttle(status.path("throttle")));
        line(lines, "agents", agents(status));
        line(lines, "hand-off", handoff(status.path("handoff")));
        line(lines, "rollback", rollback(status.path("rollback")));
        line(lines, "resume", "possible until " + Text.since(status.path("resumeExpiresAt"), now));
        line(lines, "next", next(status, name));
        waits(lines, status, now);
        return String.join("\n", lines);
    }

    /**
     * One line that differs only when there is news: phase, state, whole percents, moved slots, what is waited for. (With
     * rows in it a copy would print a line for each event.)
     */
    public static String line(JsonNode status) {
        Integer percent = percent(status.path("copy"));
        JsonNode wait = status.path("waitingFor");
        return Text.of(status.path("name")) + "  " + phase(status)
                + "  copied " + (percent == null ? Text.UNKNOWN : percent + " %")
                + "  moved " + moved(status)
                + (Text.absent(wait) ? "" : "  waiting for " + Text.of(wait.path("code")) + ": " + waitText(wait));
    }

    /** All migrations, a row each. */
    public static String table(JsonNode migrations) {
        Table table = new Table(
                List.of("MIGRATION", "KEYSPACE", "PHASE", "STATE", "COPIED", "SLOTS MOVED", "SINCE", "WAITING FOR"));
        for (JsonNode status : migrations) {
            Integer percent = percent(status.path("copy"));
            table.add(List.of(
                    Text.of(status.path("name")),
                    Text.of(status.path("keyspace")),
                    Text.of(status.path("phase")),
                    Text.of(status.path("state")),
                    percent == null ? "-" : percent + " %",
                    moved(status),
                    Text.of(status.path("since")),
                    Text.of(status.path("waitingFor").path("code"), "-")));
        }
        return migrations.isEmpty() ? "no migrations" : table.render();
    }

    private static String phase(JsonNode status) {
        return Text.of(status.path("phase")) + "  " + Text.of(status.path("state"));
    }

    private static String waitText(JsonNode wait) {
        return Text.of(wait.path("message"), "no reason given");
    }

    private static String moved(JsonNode status) {
        JsonNode slots = status.path("slots");
        return Text.count(slots.path("moved")) + " of " + Text.count(slots.path("moving"));
    }

    private static void copy(List<String> lines, JsonNode copy) {
        if (Text.absent(copy)) {
            line(lines, "copy", "-");
            return;
        }
        Integer percent = percent(copy);
        line(
                lines,
                "copy",
                (percent == null ? "" : bar(percent) + " " + percent + " %  ")
                        + rows(copy)
                        + "  " + Text.count(copy.path("rowsPerSecond")) + " rows/s"
                        + "  ETA " + Text.seconds(copy.path("etaSeconds")));
        for (Map.Entry<String, JsonNode> table : copy.path("tables").properties()) {
            Integer ofTable = percent(table.getValue());
            line(
                    lines,
                    "",
                    Text.clean(table.getKey()) + "  "
                            + (ofTable == null ? "" : ofTable + " %  ")
                            + (table.getValue().isEmpty() ? "-" : rows(table.getValue())));
        }
    }

    private static String rows(JsonNode copy) {
        return Text.count(copy.path("rows")) + " of " + Text.count(copy.path("rowsTotal")) + " rows";
    }

    private static @Nullable Integer percent(JsonNode copy) {
        JsonNode rows = copy.path("rows");
        JsonNode total = copy.path("rowsTotal");
        if (!rows.isNumber() || !total.isNumber() || total.asLong() <= 0) {
            return null;
        }
        // rowsTotal is an estimate: more may be copied than it says
        return (int) Math.max(0, Math.min(100, 100.0 * rows.asLong() / total.asLong()));
    }

    private static String bar(int percent) {
        int done = BAR_WIDTH * percent / 100;
        return "[" + "#".repeat(done) + "-".repeat(BAR_WIDTH - done) + "]";
    }

    private static void streams(List<String> lines, JsonNode streams) {
        if (streams.isEmpty()) {
            line(lines, "streams", "-");
        }
        String label = "streams";
        for (Map.Entry<String, JsonNode> stream : streams.properties()) {
            JsonNode value = stream.getValue();
            line(
                    lines,
                    label,
                    Text.clean(stream.getKey())
                            + "  lag " + Text.millis(value.path("lagMillis"))
                            + "  " + Text.count(value.path("eventsPerSecond")) + " events/s"
                            + "  " + Text.count(value.path("repaired")) + " repaired");
            label = "";
        }
    }

    private static String verification(JsonNode verification) {
        return Text.absent(verification)
                ? "-"
                : Text.count(verification.path("rowsCompared")) + " rows compared  "
                        + Text.count(verification.path("differences")) + " differences  "
                        + Text.count(verification.path("repaired")) + " repaired";
    }

    private static String throttle(JsonNode throttle) {
        JsonNode open = throttle.path("open");
        if (!open.isBoolean()) {
            return Text.absent(throttle) ? "-" : Text.UNKNOWN;
        }
        return open.asBoolean() ? "open" : "closed: " + Text.of(throttle.path("reason"));
    }

    private static String agents(JsonNode status) {
        JsonNode agents = status.path("agents");
        return Text.count(agents.path("acknowledged")) + " of " + Text.count(agents.path("registered"))
                + " acknowledged routes epoch " + Text.of(status.path("routesEpoch"));
    }

    private static String handoff(JsonNode handoff) {
        return Text.absent(handoff)
                ? "-"
                : "expected pause " + Text.millis(handoff.path("expectedPauseMillis")) + "  longest so far "
                        + Text.millis(handoff.path("longestPauseMillis"));
    }

    private static String rollback(JsonNode rollback) {
        JsonNode ready = rollback.path("ready");
        if (!ready.isBoolean()) {
            return Text.UNKNOWN;
        }
        return ready.asBoolean() ? "ready" : "not ready: " + Text.of(rollback.path("reason"), "no reason given");
    }

    private static String next(JsonNode status, String name) {
        String actor = Text.of(status.path("nextActor"));
        return actor.equals("operator") && status.path("canAdvance").asBoolean()
                ? actor + ": shardshift advance " + name
                : actor;
    }

    private static void waits(List<String> lines, JsonNode status, Instant now) {
        JsonNode waitingFor = status.path("waitingFor");
        if (!Text.absent(waitingFor)) {
            lines.add("");
            lines.add(ProblemLayout.ofWait(waitingFor, now));
        }
        for (JsonNode blocker : status.path("blockedBy")) {
            if (!blocker.equals(waitingFor)) {
                lines.add("");
                lines.add(ProblemLayout.ofWait(blocker, now));
            }
        }
    }

    private static void line(List<String> lines, String label, String text) {
        lines.add(String.format("  %-9s %s", label, text));
    }
}
