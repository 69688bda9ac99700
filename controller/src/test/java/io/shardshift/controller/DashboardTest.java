package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.api.metrics.MetricNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard asks for what the controller exports, and for all of it. */
class DashboardTest {
    private static final Pattern SERIES = Pattern.compile("shardshift_[a-z_]+");
    private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{([a-z]+)}}");

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper()
                .readTree(Path.of("../ops/dashboards/shardshift.json").toFile());
    }

    private static String exported(MetricNames name) {
        return name.kind() == MetricNames.Kind.HISTOGRAM ? name.metric() + "_bucket" : name.metric();
    }

    private static Set<String> all(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(matcher.groupCount()));
        }
        return found;
    }

    @Test
    void itAsksForEachMetricAndForNoOther() throws IOException {
        assertThat(all(SERIES, dashboard().toString()))
                .isEqualTo(Arrays.stream(MetricNames.values())
                        .map(DashboardTest::exported)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void itsLabelsAreThoseOfTheMetrics() throws IOException {
        for (JsonNode panel : dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asText();
                for (MetricNames name : MetricNames.values()) {
                    if (all(SERIES, expression).contains(exported(name))) {
                        List<String> wanted = new ArrayList<>(
                                all(LEGEND, target.path("legendFormat").asText()));
                        all(BY, expression).forEach(by -> wanted.addAll(List.of(by.split(", "))));
                        wanted.remove("le");
                        assertThat(name.labels()).as(expression).containsAll(wanted);
                    }
                }
            }
        }
    }

    @Test
    void eachPanelSaysWhatToDo() throws IOException {
        assertThat(dashboard().path("panels")).isNotEmpty().allSatisfy(panel -> {
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(panel.path("description").asText()).isNotBlank();
        });
    }
}
