package io.shardshift.lab.migration;

import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CoordinationException.Kind;
import io.shardshift.coordination.Operation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A controller's ZooKeeper, that is cut off at a chosen write: the write takes effect, its answer is lost, the session is gone
 * with its leader node, and nothing is answered from then on. So a process looks from outside that died there.
 */
final class CutCoordination implements Coordination {
    private final Coordination real;
    private final Predicate<List<Operation>> last;
    private final CountDownLatch cut = new CountDownLatch(1);

    /** @param last asked after each write, in its thread: whether it was the last */
    CutCoordination(Coordination real, Predicate<List<Operation>> last) {
        this.real = real;
        this.last = last;
    }

    CountDownLatch cut() {
        return cut;
    }

    /** Cuts it off now. */
    void cutNow() {
        cut.countDown();
        real.close();
    }

    private void requireWhole() throws CoordinationException {
        if (cut.getCount() == 0) {
            throw new CoordinationException(Kind.UNREACHABLE, "cut off by the test", null);
        }
    }

    @Override
    public Optional<Node> read(String path) throws CoordinationException {
        requireWhole();
        return real.read(path);
    }

    @Override
    public List<String> children(String path) throws CoordinationException {
        requireWhole();
        return real.children(path);
    }

    @Override
    public void transact(List<Operation> operations) throws CoordinationException {
        requireWhole();
        real.transact(operations);
        if (last.test(operations)) {
            cutNow();
        }
        requireWhole();
    }

    @Override
    public void ensure(String path) throws CoordinationException {
        requireWhole();
        real.ensure(path);
    }

    @Override
    public void sync(String path) throws CoordinationException {
        requireWhole();
        real.sync(path);
    }

    @Override
    public Watch watch(String path, Runnable onChange) throws CoordinationException {
        requireWhole();
        return real.watch(path, onChange);
    }

    @Override
    public void onSession(Consumer<SessionState> listener) {
        real.onSession(listener);
    }

    @Override
    public SessionState sessionState() {
        return cut.getCount() == 0 ? SessionState.SUSPENDED : real.sessionState();
    }

    @Override
    public void close() {
        real.close();
    }
}
