package io.shardshift.lab.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.List;

/**
 * What a benchmark found.
 *
 * @param warmUp what ran before the first round, unmeasured
 * @param facts further figures of the same run, one sentence each
 */
record BenchResult(String name, String warmUp, List<Comparison> comparisons, List<String> facts) {
    BenchResult {
        comparisons = List.copyOf(comparisons);
        facts = List.copyOf(facts);
    }

    boolean isMet() {
        return comparisons.stream().allMatch(Comparison::isMet);
    }

    void print(PrintStream out) {
        out.println(name + " (warm-up: " + warmUp + ")");
        comparisons.forEach(comparison -> comparison.print(out));
        facts.forEach(fact -> out.println("  " + fact));
    }

    void write(ObjectNode node) {
        node.put("name", name);
        node.put("warmUp", warmUp);
        node.put("met", isMet());
        ArrayNode array = node.putArray("comparisons");
        comparisons.forEach(comparison -> comparison.write(array.addObject()));
        ArrayNode texts = node.putArray("facts");
        facts.forEach(texts::add);
    }
}
