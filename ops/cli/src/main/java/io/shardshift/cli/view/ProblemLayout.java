package io.shardshift.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem as the operator reads it: code and what on the first line, then a line each for why, since and remedy.
 *
 * <pre>
 * HANDOFF_HELD_BY_TRANSACTION  Slots 0-63 of shop stay on shop-0: not drained within 2 s. Nothing has changed.
 *   why     web-3, pid 4121, connection 881 has held slot 17 for 41 s: UPDATE orders SET state = ? WHERE user_id = ?
 *   remedy  end it there, or KILL 881 on shop-0; next try in 30 s
 * </pre>
 */
public final class ProblemLayout {
    private static final String NO_REASON = "no reason given";

    private ProblemLayout() {}

    /** {@code null} leaves a line out. */
    public static String of(String code, String what, @Nullable String why, @Nullable String remedy) {
        List<String> lines = new ArrayList<>();
        lines.add(code + "  " + Text.clean(what));
        note(lines, "why", why);
        note(lines, "remedy", remedy);
        return String.join("\n", lines);
    }

    /** A {@code waitingFor} or one entry of {@code blockedBy} of the {@code migration}. */
    public static String ofWait(JsonNode wait, Instant now, String migration) {
        if (wait.isTextual()) {
            return Text.of(wait);
        }
        List<String> lines = new ArrayList<>();
        String code = Text.of(wait.path("code"), "WAITING");
        lines.add(code + "  " + Text.of(wait.path("what"), Text.of(wait.path("message"), NO_REASON)));
        note(lines, "why", wait.path("why"));
        if (!Text.absent(wait.path("since"))) {
            note(lines, "since", Text.since(wait.path("since"), now));
        }
        note(lines, "remedy", Remedies.of(code, Text.of(wait.path("remedy"), ""), migration));
        return String.join("\n", lines);
    }

    /** A problem as findings carry it: {@code code}, {@code what}, {@code why}, {@code remedy}. */
    static String ofProblem(JsonNode problem) {
        return of(
                Text.of(problem.path("code")),
                Text.of(problem.path("what"), NO_REASON),
                Text.of(problem.path("why"), ""),
                Text.of(problem.path("remedy"), ""));
    }

    /**
     * An {@code application/problem+json} with its {@code errors[]}; {@code file} stands before their lines where an error
     * names no file itself.
     */
    public static String ofProblem(JsonNode problem, int status, @Nullable String file) {
        String code = Text.of(problem.path("code"), "HTTP_" + status);
        String title = Text.of(problem.path("title"), "");
        String detail = Text.of(problem.path("detail"), "");
        String what = !title.isEmpty() ? title : !detail.isEmpty() ? detail : NO_REASON;
        List<String> lines = new ArrayList<>();
        lines.add(code + "  " + what);
        note(lines, "why", detail.equals(what) ? null : detail);
        for (JsonNode error : problem.path("errors")) {
            lines.add("  " + error(error, file));
        }
        note(lines, "remedy", Remedies.of(code, Text.of(problem.path("remedy"), ""), null));
        return String.join("\n", lines);
    }

    /** One entry of {@code errors[]}: {@code plan.yaml:12  slotMap.shop-9: not a shard of shop; suggestion: shop-1}. */
    public static String error(JsonNode error, @Nullable String file) {
        String name = Text.of(error.path("file"), file == null ? "" : file);
        String line = Text.of(error.path("line"), "");
        String place = line.isEmpty() ? name : name.isEmpty() ? "line " + line : name + ":" + line;
        String field = Text.of(error.path("field"), "");
        String suggestion = Text.of(error.path("suggestion"), "");
        return (place.isEmpty() ? "" : place + "  ")
                + (field.isEmpty() ? "" : field + ": ")
                + Text.of(error.path("message"), NO_REASON)
                + (suggestion.isEmpty() ? "" : "; suggestion: " + suggestion);
    }

    private static void note(List<String> lines, String label, JsonNode value) {
        note(lines, label, Text.of(value, ""));
    }

    private static void note(List<String> lines, String label, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            lines.add(String.format("  %-7s %s", label, Text.clean(value)));
        }
    }
}
