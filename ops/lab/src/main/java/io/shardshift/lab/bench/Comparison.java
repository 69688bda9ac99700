package io.shardshift.lab.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Two things side by side.
 *
 * @param measured the one that the goal is about
 * @param baseline the other one
 * @param unit of both
 * @param goal what the ratio, measured / baseline, shall be
 */
record Comparison(String name, String measured, String baseline, String unit, List<Round> rounds, Goal goal) {
    Comparison {
        rounds = List.copyOf(rounds);
    }

    /** One round of both. */
    record Round(double measured, double baseline) {
        double ratio() {
            return measured / baseline;
        }
    }

    /** Which ratio counts, and its bound. */
    enum Kind {
        MEDIAN_AT_LEAST,
        MEDIAN_AT_MOST,
        EACH_AT_MOST
    }

    record Goal(Kind kind, double bound) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    switch (kind) {
                        case MEDIAN_AT_LEAST -> "median at least %.2f";
                        case MEDIAN_AT_MOST -> "median at most %.2f";
                        case EACH_AT_MOST -> "each at most %.2f";
                    },
                    bound);
        }
    }

    double median() {
        double[] sorted = ratios();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private double[] ratios() {
        return rounds.stream().mapToDouble(Round::ratio).sorted().toArray();
    }

    boolean isMet() {
        double[] sorted = ratios();
        return switch (goal.kind()) {
            case MEDIAN_AT_LEAST -> median() >= goal.bound();
            case MEDIAN_AT_MOST -> median() <= goal.bound();
            case EACH_AT_MOST -> sorted[sorted.length - 1] <= goal.bound();
        };
    }

    void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "  %-10s median ratio %.3f, goal %s: %s%n",
                name,
                median(),
                goal,
                isMet() ? "met" : "MISSED");
        out.printf(Locale.ROOT, "             %s : %s, %s%n", measured, baseline, unit);
        for (Round round : rounds) {
            out.printf(
                    Locale.ROOT,
                    "             %,14.1f : %,14.1f   %.3f%n",
                    round.measured(),
                    round.baseline(),
                    round.ratio());
        }
    }

    void write(ObjectNode node) {
        node.put("name", name);
        node.put("measured", measured);
        node.put("baseline", baseline);
        node.put("unit", unit);
        node.put("medianRatio", median());
        node.put("goal", goal.toString());
        node.put("met", isMet());
        ArrayNode array = node.putArray("rounds");
        for (Round round : rounds) {
            array.addObject()
                    .put("measured", round.measured())
                    .put("baseline", round.baseline())
                    .put("ratio", round.ratio());
        }
    }
}
