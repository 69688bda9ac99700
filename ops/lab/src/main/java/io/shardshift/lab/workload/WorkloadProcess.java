package io.shardshift.lab.workload;

import io.shardshift.agent.jdbc.ShardshiftDataSource;
import io.shardshift.api.codec.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * One application process: {@code URL HISTORY_FILE FIRST_WORKER THREADS ALL_WORKERS USERS SEED PAUSE_MILLIS}. It runs until
 * its standard input ends, then closes its agent and exits 0. Secrets come from the environment. It prints "running" when
 * its workers are warm, and from then on each second what they {@link Felt felt} in it, as JSON.
 */
public final class WorkloadProcess {
    private static final int WARM_UP_TRANSACTIONS = 30;

    private WorkloadProcess() {}

    public static void main(String[] arguments) throws SQLException, IOException, InterruptedException {
        String url = arguments[0];
        Path file = Path.of(arguments[1]);
        int first = Integer.parseInt(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        int all = Integer.parseInt(arguments[4]);
        int users = Integer.parseInt(arguments[5]);
        long seed = Long.parseLong(arguments[6]);
        long pauseMillis = Long.parseLong(arguments[7]);
        AtomicBoolean goesOn = new AtomicBoolean(true);
        AtomicReference<Felt> felt = new AtomicReference<>(Felt.NOTHING);
        try (ShardshiftDataSource dataSource = new ShardshiftDataSource(url);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            List<Thread> running = new ArrayList<>();
            CountDownLatch warm = new CountDownLatch(threads);
            for (int i = 0; i < threads; i++) {
                Worker worker = new Worker(first + i, all, users, seed, dataSource, event -> {
                    felt.accumulateAndGet(Felt.of(event), Felt::plus);
                    append(out, event);
                });
                Thread thread = new Thread(
                        () -> {
                            try {
                                worker.run(warmUp(goesOn), () -> TimeUnit.MILLISECONDS.sleep(pauseMillis));
                                warm.countDown();
                                worker.run(goesOn::get, () -> TimeUnit.MILLISECONDS.sleep(pauseMillis));
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "worker-" + (first + i));
                thread.start();
                running.add(thread);
            }
            warm.await();
            System.out.println("running");
            ScheduledExecutorService teller = Executors.newSingleThreadScheduledExecutor();
            teller.scheduleAtFixedRate(() -> tell(felt.getAndSet(Felt.NOTHING)), 1, 1, TimeUnit.SECONDS);
            while (System.in.read() >= 0) {
                Thread.onSpinWait(); // whatever is said to us: the end of the input is the signal
            }
            goesOn.set(false);
            teller.shutdown();
            for (Thread thread : running) {
                thread.join();
            }
        }
        System.exit(0);
    }

    private static void tell(Felt felt) {
        System.out.println(new String(Json.write(felt), StandardCharsets.UTF_8));
    }

    /** Classes are loaded and connections opened before "running" is said: what is felt then is the migration. */
    private static BooleanSupplier warmUp(AtomicBoolean goesOn) {
        AtomicInteger left = new AtomicInteger(WARM_UP_TRANSACTIONS);
        return () -> goesOn.get() && left.getAndDecrement() > 0;
    }

    private static void append(OutputStream out, HistoryEvent event) {
        byte[] line = Json.write(event);
        synchronized (out) {
            try {
                out.write(line);
                out.write('\n');
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("the history cannot be written", e);
            }
        }
    }
}
