package io.shardshift.lab.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;

/**
 * Threads that run random transactions through several agents until {@link #close}. Thread {@code n} draws everything from
 * {@code seed + n}; what the scheduler adds is not in the seed. The first error of a thread that is no {@link SQLException} is a
 * violation too.
 */
public final class Writers implements AutoCloseable {
    /** Users 0 to 5 are known exactly, 6 and 7 are contended. */
    public static final int USERS = 8;

    private static final int KNOWN = 6;
    /** Between two transactions of a thread: writers that never think leave a small machine no time for the migration. */
    private static final int MOST_THINKING_NANOS = 15_000_000;

    /** Runs while no transaction is under way. */
    @FunctionalInterface
    public interface Quiet {
        void run() throws Exception;
    }

    /** Where a user's rows are now. */
    @FunctionalInterface
    public interface Owners {
        Connection connect(long user) throws SQLException;
    }

    private final History history = new History();
    private final List<KnownUser> known = new ArrayList<>();
    private final List<ContendedUser> contended = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ReadWriteLock quiet = new ReentrantReadWriteLock(true);
    private final List<DataSource> agents;
    private final AtomicLongArray turns;
    private final long seed;
    private volatile boolean stopping;

    public Writers(long seed, List<? extends DataSource> agents, int threadsOfAgent) {
        this.seed = seed;
        this.agents = new CopyOnWriteArrayList<>(agents);
        turns = new AtomicLongArray(agents.size());
        for (long user = 0; user < USERS; user++) {
            if (user < KNOWN) {
                known.add(new KnownUser(user, history));
            } else {
                contended.add(new ContendedUser(user, history));
            }
        }
        for (int agent = 0; agent < agents.size(); agent++) {
            for (int i = 0; i < threadsOfAgent; i++) {
                int number = threads.size();
                int through = agent;
                threads.add(new Thread(
                        () -> run(through, new Random(seed * 1_000 + number)), "writer-" + number + "-agent-" + agent));
            }
        }
    }

    /** The rows that must be there before the first transaction: a counter of each user, items of the contended ones. */
    public static void load(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int user = 0; user < USERS; user++) {
                statement.execute("INSERT INTO counters (user_id, hits) VALUES (" + user + ", 0)");
                for (int item = 0; user >= KNOWN && item < 4; item++) {
                    statement.execute("INSERT INTO items VALUES (" + user + ", " + item + ", 0, 'first')");
                }
            }
        }
    }

    public Writers start() {
        threads.forEach(Thread::start);
        return this;
    }

    private void run(int agent, Random random) {
        while (!stopping) {
            try {
                sitting(agent, random);
            } catch (SQLException e) {
                Failure failure = Failure.of(e); // what came of the transaction is told where it failed
                if (failure != Failure.UNKNOWN && failure != Failure.DUPLICATE && !history.mayCome(failure)) {
                    history.violation(-1, "an agent's connection failed: " + e + at(e));
                }
            } catch (RuntimeException | AssertionError e) {
                history.violation(
                        -1,
                        "a writer failed: " + e + " at "
                                + List.of(e.getStackTrace()).subList(0, 5));
            }
        }
    }

    private static String at(Throwable e) {
        return " at "
                + Arrays.stream(e.getStackTrace())
                        .limit(12)
                        .map(StackTraceElement::toString)
                        .toList();
    }

    /** A few transactions on one connection. */
    private void sitting(int agent, Random random) throws SQLException {
        quiet.readLock().lock();
        try (Connection connection = agents.get(agent).getConnection()) {
            if (random.nextInt(4) == 0) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            for (int left = 1 + random.nextInt(5); left > 0 && !stopping; left--) {
                long begun = System.nanoTime();
                turn(connection, random);
                turns.incrementAndGet(agent);
                history.took(System.nanoTime() - begun);
                LockSupport.parkNanos(random.nextInt(MOST_THINKING_NANOS));
            }
        } finally {
            quiet.readLock().unlock();
        }
    }

    private void turn(Connection connection, Random random) throws SQLException {
        int dice = random.nextInt(100);
        if (dice < 65) {
            KnownUser user = known.get(random.nextInt(KNOWN));
            for (int i = 0; i < KNOWN && !user.lock.tryLock(); i++) {
                user = known.get(random.nextInt(KNOWN));
            }
            if (!user.lock.isHeldByCurrentThread()) {
                user.lock.lock();
            }
            try {
                user.turn(connection, random);
            } finally {
                user.lock.unlock();
            }
        } else if (dice < 85) {
            contended.get(random.nextInt(contended.size())).turn(connection, random);
        } else {
            KnownUser user = known.get(random.nextInt(KNOWN));
            try {
                user.racingRead(connection, random.nextBoolean(), random.nextInt(3) > 0);
            } catch (SQLException e) {
                history.failed(user.id, "racing read", e);
                if (!history.mayCome(Failure.of(e))) {
                    history.violation(user.id, "unexpected error of a racing read: " + e);
                }
            }
        }
    }

    /** The threads of agent {@code number} go on through another; call it quietly. */
    public void replaceAgent(int number, DataSource another) {
        agents.set(number, another);
    }

    /** From now on a transaction may end with its connection, for somebody kills them. */
    public Writers connectionsAreKilled() {
        history.connectionsAreKilled = true;
        return this;
    }

    /** Transactions and reads that came to an end through agent {@code number}. */
    public long turnsThrough(int number) {
        return turns.get(number);
    }

    public long acknowledged() {
        return history.acknowledged.get();
    }

    /** Violations so far, each with the last events of its user. */
    public List<String> violations() {
        return history.violations();
    }

    /** Runs {@code check} while no transaction is under way and none begins. */
    public void quietly(Quiet check) throws Exception {
        quiet.writeLock().lock();
        try {
            check.run();
        } finally {
            quiet.writeLock().unlock();
        }
    }

    /** Compares every user's rows at its owner with the model; call it quietly. */
    public void checkOwners(Owners owners) throws SQLException {
        for (KnownUser user : known) {
            try (Connection owner = owners.connect(user.id)) {
                user.check(owner);
            }
        }
        for (ContendedUser user : contended) {
            try (Connection owner = owners.connect(user.id)) {
                user.check(owner);
            }
        }
    }

    /** Figures, for whoever reads the test's output. */
    public String figures() {
        return "seed " + seed + ": " + history.acknowledged + " acknowledged, " + history.retried + " rolled back, "
                + history.unknown + " unknown, longest " + history.longestNanos.get() / 1_000_000 + " ms";
    }

    /** Longest time of any transaction, in milliseconds. */
    public long longestMillis() {
        return history.longestNanos.get() / 1_000_000;
    }

    /** Stops the threads; each ends its transaction first. */
    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
