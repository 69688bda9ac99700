package io.shardshift.controller.coordinator;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.shardshift.api.metrics.MetricNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The samples of one scrape. What is unknown has no sample, never 0. One thread. */
final class Samples {
    private record Sample(double value, Labels labels) {}

    private final Map<MetricNames, List<Sample>> samples = new EnumMap<>(MetricNames.class);
    private final List<MetricSnapshot> histograms = new ArrayList<>();

    /** @param value null: not measured */
    void add(MetricNames name, @Nullable Number value, String... labelValues) {
        if (value != null) {
            Labels labels = Labels.of(name.labels().toArray(String[]::new), labelValues);
            samples.computeIfAbsent(name, any -> new ArrayList<>()).add(new Sample(value.doubleValue(), labels));
        }
    }

    void addHistogram(MetricSnapshot histogram) {
        histograms.add(histogram);
    }

    MetricSnapshots snapshots() {
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        histograms.forEach(all::metricSnapshot);
        samples.forEach((name, points) -> all.metricSnapshot(snapshot(name, points)));
        return all.build();
    }

    private static MetricSnapshot snapshot(MetricNames name, List<Sample> points) {
        return switch (name.kind()) {
            case COUNTER -> {
                CounterSnapshot.Builder counter = CounterSnapshot.builder()
                        .name(name.metric().replaceFirst("_total$", "")) // the writer adds it
                        .help(name.help());
                points.forEach(point -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .value(point.value())
                        .labels(point.labels())
                        .build()));
                yield counter.build();
            }
            case GAUGE -> {
                GaugeSnapshot.Builder gauge =
                        GaugeSnapshot.builder().name(name.metric()).help(name.help());
                points.forEach(point -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                        .value(point.value())
                        .labels(point.labels())
                        .build()));
                yield gauge.build();
            }
            case HISTOGRAM -> throw new IllegalArgumentException(name + " is observed, not sampled");
        };
    }
}
