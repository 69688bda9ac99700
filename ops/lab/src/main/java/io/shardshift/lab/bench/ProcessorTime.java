package io.shardshift.lab.bench;

import io.shardshift.lab.process.ControllerProcess;
import java.time.Duration;
import java.util.Locale;

/** Processor time that each party has used by a moment. */
record ProcessorTime(long nanos, Duration application, Duration controller, Duration servers) {
    /** @param servers its three MySQL servers; the application is this process, with ZooKeeper's client in it */
    static ProcessorTime now(BenchServers servers, ControllerProcess controller) {
        Duration databases = Duration.ZERO;
        for (int i = 0; i < 3; i++) {
            databases = databases.plus(
                    servers.mysql(i).process().map(ProcessorTime::of).orElse(Duration.ZERO));
        }
        return new ProcessorTime(System.nanoTime(), of(ProcessHandle.current()), of(controller.process()), databases);
    }

    private static Duration of(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** In percent of one processor. */
    String since(ProcessorTime before) {
        double hundredth = (nanos - before.nanos) / 100.0;
        return String.format(
                Locale.ROOT,
                "application %.0f %%, controller %.0f %%, MySQL servers %.0f %%",
                application.minus(before.application).toNanos() / hundredth,
                controller.minus(before.controller).toNanos() / hundredth,
                servers.minus(before.servers).toNanos() / hundredth);
    }
}
