package io.shardshift.lab.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same work on several threads, timed as a whole. */
final class ParallelWork {
    private ParallelWork() {}

    /** A thread's part. */
    @FunctionalInterface
    interface Part {
        void run() throws Exception;
    }

    /** Seconds until all have ended; the first failure as an IOException. */
    static double seconds(int threads, Part part) throws IOException, InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            long begun = System.nanoTime();
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(() -> {
                    part.run();
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            return (System.nanoTime() - begun) / 1e9;
        } catch (ExecutionException e) {
            throw new IOException("a thread of the benchmark failed", e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }
}
