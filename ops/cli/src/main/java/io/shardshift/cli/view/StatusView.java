package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The status of a migration: as a screen, as one line, and as a row among others. */
public final class StatusView {
    private static final int BAR_WIDTH = 30;

    private static final String DIM = "\033[2m";
    private static final String PLAIN = "\033[0m";

    private StatusView() {}

    /**
     * Everything that the status says, about 20 lines; of what has ended only what is still of interest.
     *
     * @param dims whether what only warns is shown dimmed, as a terminal can
     */
    public static String screen(JsonNode status, Instant now, boolean dims) {
        String name = Text.of(status.path("name"));
        List<String> lines = new ArrayList<>();
        lines.add(name + "  keyspace " + Text.of(status.path("keyspace")));
        line(lines, "phase", phase(status) + step(status) + "  since " + Text.since(status.path("since"), now));
        boolean ended = hasEnded(status);
        if (!ended) {
            stepText(lines, status);
        }
        line(lines, "slots", moved(status) + " moved");
        if (!ended) {
            line(lines, "eta", Text.seconds(status.path("etaSeconds")));
        }
        copy(lines, status.path("copy"));
        if (!ended) {
            streams(lines, status.path("streams"));
        }
        line(lines, "verified", verification(status.path("verification")));
        if (!ended) {
            line(lines, "throttle", throttle(status.path("throttle")));
            line(lines, "agents", agents(status));
        }
        line(lines, "hand-off", handoff(status.path("handoff")));
        if (!ended) {
            line(lines, "rollback", rollback(status.path("rollback")));
            line(lines, "resume", "possible until " + Text.since(status.path("resumeExpiresAt"), now));
        }
        history(lines, status.path("history"), now);
        purge(lines, status.path("purge"));
        line(lines, "next", next(status, name));
        waits(lines, status, now, name);
        warnings(lines, status.path("warnings"), dims);
        return String.join("\n", lines);
    }

    /** Whether the state is one of those that last. */
    public static boolean hasEnded(JsonNode status) {
        return switch (status.path("state").asText()) {
            case "COMPLETED", "ROLLED_BACK", "FAILED" -> true;
            default -> false;
        };
    }

    /**
     * One line that differs only when there is news: phase, state, step, whole percents, moved slots, what is waited for.
     * (With rows in it a copy would print a line for each event.)
     */
    public static String line(JsonNode status) {
        JsonNode copy = status.path("copy");
        Integer percent = percent(copy);
        JsonNode wait = status.path("waitingFor");
        JsonNode does = status.path("stepText").path("does");
        return Text.of(status.path("name")) + "  " + phase(status) + step(status)
                + (hasEnded(status) || Text.absent(does) ? "" : " (" + Text.of(does) + ")")
                + (Text.absent(copy) ? "" : "  copied " + (percent == null ? Text.UNKNOWN : percent + " %"))
                + "  moved " + moved(status)
                + (Text.absent(wait)
                        ? ""
                        : (hasEnded(status) ? "  because of " : "  waiting for ") + Text.of(wait.path("code")) + ": "
                                + waitText(wait));
    }

    /** All migrations, a row each. */
    public static String table(JsonNode migrations, Instant now) {
        Table table =
                new Table(List.of("MIGRATION", "KEYSPACE", "PHASE", "STATE", "COPIED", "SLOTS MOVED", "SINCE", "WHY"));
        for (JsonNode status : migrations) {
            Integer percent = percent(status.path("copy"));
            table.add(List.of(
                    Text.of(status.path("name")),
                    Text.of(status.path("keyspace")),
                    Text.of(status.path("phase")),
                    Text.of(status.path("state")),
                    percent == null ? "-" : percent + " %",
                    moved(status),
                    Text.since(status.path("since"), now),
                    Text.of(status.path("waitingFor").path("code"), "-")));
        }
        return migrations.isEmpty() ? "no migrations" : table.render();
    }

    private static String phase(JsonNode status) {
        return Text.of(status.path("phase")) + "  " + Text.of(status.path("state"));
    }

    /** The step says more than the phase; once all is over the name of the last one is noise. */
    private static String step(JsonNode status) {
        return hasEnded(status) || Text.absent(status.path("step")) ? "" : "  " + Text.of(status.path("step"));
    }

    /** In words; a controller of an earlier version has none. */
    private static void stepText(List<String> lines, JsonNode status) {
        JsonNode text = status.path("stepText");
        if (!text.isObject()) {
            return;
        }
        String does = Text.of(text.path("does"));
        boolean done = status.path("state").asText().equals("WAITING"); // for a gate, behind this step
        line(lines, "step", done ? "done: " + does : does + "; goes on " + Text.of(text.path("goesOn")));
        line(lines, "meanwhile", Text.of(text.path("application")));
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
                        + (copy.path("done").asBoolean()
                                ? "  done" + average(copy)
                                : "  " + Text.count(copy.path("rowsPerSecond")) + " rows/s  ETA "
                                        + Text.seconds(copy.path("etaSeconds"))));
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

    private static String average(JsonNode work) {
        JsonNode average = work.path("averageRowsPerSecond");
        return Text.absent(average) ? "" : ", " + Text.count(average) + " rows/s on average";
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
        for (Map.Entry<String, JsonNode> stream : byName(streams).entrySet()) {
            JsonNode value = stream.getValue();
            line(
                    lines,
                    label,
                    Text.clean(stream.getKey())
                            + "  lag " + Text.millis(value.path("lagMillis"))
                            + "  " + Text.count(value.path("eventsPerSecond")) + " events/s"
                            + "  " + Text.count(value.path("repaired")) + " repaired"
                            + trouble(value));
            label = "";
        }
    }

    /** Writers that go past the agents, and a stream that does not run, are shown only when there are any. */
    private static String trouble(JsonNode stream) {
        JsonNode foreign = stream.path("foreignWrites");
        JsonNode problem = stream.path("problem");
        String state = Text.of(stream.path("state"), "RUNNING");
        return (foreign.asLong() > 0 ? "  " + Text.count(foreign) + " writes past the agents" : "")
                + (Text.absent(stream.path("state")) || state.equals("RUNNING") ? "" : "  " + state)
                + (Text.absent(problem)
                        ? ""
                        : "  " + (problem.isObject() ? Text.of(problem.path("what")) : Text.of(problem)));
    }

    private static String verification(JsonNode verification) {
        return Text.absent(verification)
                ? "-"
                : Text.count(verification.path("rowsCompared")) + " rows compared" + average(verification) + "  "
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
                + " have acknowledged routes epoch " + Text.of(status.path("routesEpoch"));
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

    private static void history(List<String> lines, JsonNode history, Instant now) {
        List<String> visits = new ArrayList<>();
        for (JsonNode visit : history) {
            visits.add(
                    Text.of(visit.path("phase")) + " " + Text.between(visit.path("entered"), visit.path("left"), now));
        }
        if (!visits.isEmpty()) {
            line(lines, "history", String.join(", ", visits));
        }
    }

    /** Shown only once one was asked for. */
    private static void purge(List<String> lines, JsonNode purge) {
        if (!Text.absent(purge)) {
            JsonNode problem = purge.path("problem");
            line(
                    lines,
                    "purge",
                    Text.of(purge.path("state")) + "  " + purged(purge)
                            + (Text.absent(problem) ? "" : "  " + Text.of(problem.path("what"))));
        }
    }

    private static String purged(JsonNode purge) {
        JsonNode total = purge.path("rowsTotal");
        boolean under = purge.path("state").asText().equals("RUNNING");
        return Text.count(purge.path("rows"))
                + (under && !Text.absent(total) ? " of about " + Text.count(total) : "") + " rows removed"
                + (under ? "  ETA " + Text.seconds(purge.path("etaSeconds")) : "");
    }

    private static String next(JsonNode status, String name) {
        if (hasEnded(status)) {
            return "nothing: it has ended";
        }
        String actor = Text.of(status.path("nextActor"));
        if (status.path("state").asText().equals("PAUSED")) {
            return actor + ": shardshift resume " + name;
        }
        if (!actor.equals("operator") || !status.path("canAdvance").asBoolean()) {
            return actor;
        }
        boolean last = status.path("step").asText().equals("HANDOFF_REST"); // the gate after it is COMPLETE's
        return actor + ": shardshift " + (last ? "complete " : "advance ") + name;
    }

    private static void waits(List<String> lines, JsonNode status, Instant now, String name) {
        JsonNode waitingFor = status.path("waitingFor");
        if (!Text.absent(waitingFor)) {
            lines.add("");
            lines.add(ProblemLayout.ofWait(waitingFor, now, name));
        }
        List<String> accepted = new ArrayList<>();
        for (JsonNode blocker : status.path("blockedBy")) {
            if (blocker.path("accepted").asBoolean()) { // by the plan: it keeps nothing waiting
                accepted.add("accepted: " + Text.of(blocker.path("code")) + "  " + Text.of(blocker.path("what")));
            } else if (!blocker.equals(waitingFor)) {
                lines.add("");
                lines.add(ProblemLayout.ofWait(blocker, now, name));
            }
        }
        if (!accepted.isEmpty()) { // last, for they would hide what blocks
            lines.add("");
            lines.addAll(accepted);
        }
    }

    /** Below what blocks: nothing waits for them. What the plan accepts needs no remedy. */
    private static void warnings(List<String> lines, JsonNode warnings, boolean dims) {
        List<String> shown = new ArrayList<>();
        List<String> accepted = new ArrayList<>();
        for (JsonNode warning : warnings) {
            boolean isAccepted = warning.path("accepted").asBoolean();
            String text = Text.of(warning.path("code")) + "  "
                    + Text.of(warning.path("what"), Text.of(warning.path("message")));
            (isAccepted ? accepted : shown).add((isAccepted ? "accepted: " : "warning: ") + text);
            if (!isAccepted && !Text.absent(warning.path("remedy"))) {
                shown.add("  remedy  " + Text.of(warning.path("remedy")));
            }
        }
        shown.addAll(accepted);
        if (!shown.isEmpty()) {
            lines.add("");
            shown.forEach(line -> lines.add(dims ? DIM + line + PLAIN : line));
        }
    }

    private static SortedMap<String, JsonNode> byName(JsonNode object) {
        SortedMap<String, JsonNode> sorted = new TreeMap<>();
        object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
        return sorted;
    }

    private static void line(List<String> lines, String label, String text) {
        lines.add(String.format("  %-9s %s", label, text));
    }
}
