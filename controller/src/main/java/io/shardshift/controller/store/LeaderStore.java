package io.shardshift.controller.store;

import io.shardshift.api.codec.Json;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CoordinationException.Kind;
import io.shardshift.coordination.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads and writes nodes as one leader: every write is a transaction that checks the term, so a leader that was replaced
 * changes nothing and learns of it by {@link LeadershipLost}. Thread-safe.
 */
public final class LeaderStore {
    /** A value with its node's version. */
    public record Stored<T>(T value, int version) {}

    private final Coordination coordination;
    private final Leadership leadership;
    private volatile Term term;

    public LeaderStore(Coordination coordination, Term term) {
        this.coordination = coordination;
        this.leadership = new Leadership(coordination);
        this.term = term;
    }

    public Term term() {
        return term;
    }

    /** See {@link Leadership#raiseAbove}. */
    public synchronized void raiseTermAbove(long floor) throws CoordinationException {
        term = leadership.raiseAbove(term, floor);
    }

    public <T> Optional<Stored<T>> read(String path, Class<T> type) throws CoordinationException {
        return coordination
                .read(path)
                .filter(node -> node.data().length > 0)
                .map(node -> new Stored<>(Json.read(node.data(), type), node.version()));
    }

    public boolean exists(String path) throws CoordinationException {
        return coordination.read(path).isPresent();
    }

    public List<String> children(String path) throws CoordinationException {
        return coordination.children(path);
    }

    public void ensure(String path) throws CoordinationException {
        coordination.ensure(path);
    }

    /**
     * Makes or replaces the node, whatever its version: for values that only this leader writes. One at a time: two threads
     * that put the same node would each read the version that the other replaces, and one would fail for nothing.
     */
    public synchronized void put(String path, Object value) throws CoordinationException, LeadershipLost {
        Optional<Coordination.Node> present = coordination.read(path);
        write(List.of(
                present.isPresent()
                        ? new Operation.Set(
                                path, Json.write(value), present.get().version())
                        : new Operation.Create(path, Json.write(value))));
    }

    /** Replaces the node if it still has {@code version}; CONFLICT otherwise. */
    public void compareAndSet(String path, Object value, int version) throws CoordinationException, LeadershipLost {
        write(List.of(new Operation.Set(path, Json.write(value), version)));
    }

    public void delete(String path) throws CoordinationException, LeadershipLost {
        if (coordination.read(path).isPresent()) {
            write(List.of(new Operation.Delete(path, Operation.ANY)));
        }
    }

    /** All or nothing, under this leader's term. CONFLICT when another condition than the term did not hold. */
    public void write(List<Operation> operations) throws CoordinationException, LeadershipLost {
        Term mine = term;
        while (!isWritten(mine, operations)) {
            mine = term; // this leader has raised it meanwhile [25]
        }
    }

    /** False when the term was raised between {@code mine} and the write, which then has changed nothing. */
    private boolean isWritten(Term mine, List<Operation> operations) throws CoordinationException, LeadershipLost {
        List<Operation> checked = new ArrayList<>(operations.size() + 1);
        checked.add(new Operation.Check(ZnodePaths.term(), mine.nodeVersion())); // [13][21]
        checked.addAll(operations);
        try {
            coordination.transact(checked);
            return true;
        } catch (CoordinationException e) {
            if (e.kind() == Kind.CONFLICT) {
                if (isRaisedAbove(mine)) {
                    return false;
                }
                requireLead(mine);
            }
            throw e;
        }
    }

    /** Waits for a raise that is under way. */
    private synchronized boolean isRaisedAbove(Term mine) {
        return !mine.equals(term);
    }

    private void requireLead(Term mine) throws CoordinationException, LeadershipLost {
        Optional<Coordination.Node> now = coordination.read(ZnodePaths.term());
        if (now.isEmpty() || now.get().version() != mine.nodeVersion()) {
            throw new LeadershipLost(mine);
        }
    }
}
