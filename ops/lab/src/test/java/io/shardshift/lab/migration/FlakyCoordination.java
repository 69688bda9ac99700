package io.shardshift.lab.migration;

import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CoordinationException.Kind;
import io.shardshift.coordination.Operation;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A ZooKeeper whose connection is lost now and then while the session lives: a call is not heard there, or it is and its answer
 * is lost.
 */
final class FlakyCoordination implements Coordination {
    private final Coordination real;
    private final Random random;
    private volatile int oneIn = Integer.MAX_VALUE;

    FlakyCoordination(Coordination real, Random random) {
        this.real = real;
        this.random = random;
    }

    /** From now on one call in {@code calls} fails, on the average. */
    void loseOneIn(int calls) {
        oneIn = calls;
    }

    private void perhaps(String what) throws CoordinationException {
        boolean fails;
        synchronized (random) {
            fails = random.nextInt(oneIn) == 0;
        }
        if (fails) {
            throw new CoordinationException(Kind.UNREACHABLE, what + " by the test", null);
        }
    }

    @Override
    public Optional<Node> read(String path) throws CoordinationException {
        perhaps("not read");
        return real.read(path);
    }

    @Override
    public List<String> children(String path) throws CoordinationException {
        perhaps("not listed");
        return real.children(path);
    }

    @Override
    public void transact(List<Operation> operations) throws CoordinationException {
        perhaps("not heard");
        real.transact(operations);
        perhaps("answer lost");
    }

    @Override
    public void ensure(String path) throws CoordinationException {
        perhaps("not heard");
        real.ensure(path);
    }

    @Override
    public void sync(String path) throws CoordinationException {
        real.sync(path);
    }

    @Override
    public Watch watch(String path, Runnable onChange) throws CoordinationException {
        return real.watch(path, onChange);
    }

    @Override
    public void onSession(Consumer<SessionState> listener) {
        real.onSession(listener);
    }

    @Override
    public SessionState sessionState() {
        return real.sessionState();
    }

    @Override
    public void close() {
        real.close();
    }
}
