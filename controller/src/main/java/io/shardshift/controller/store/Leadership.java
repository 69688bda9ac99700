package io.shardshift.controller.store;

import io.shardshift.api.codec.Json;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CoordinationException.Kind;
import io.shardshift.coordination.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Taking the lead: one transaction makes the ephemeral leader node and raises the term, so that the very write that makes
 * a leader also takes from the one before it the right to write. Thread-safe.
 */
public final class Leadership {
    /** Who leads, as the leader node says. */
    public record Leader(String controller, String url, long term) {}

    private final Coordination coordination;

    public Leadership(Coordination coordination) {
        this.coordination = coordination;
    }

    /** Makes what this class needs; harmless to repeat. */
    public void prepare() throws CoordinationException {
        coordination.ensure(ZnodePaths.term());
        coordination.ensure(ZnodePaths.migrations());
        coordination.ensure(ZnodePaths.keyspaces());
        coordination.ensure(ZnodePaths.controllers());
    }

    public Optional<Leader> current() throws CoordinationException {
        return coordination.read(ZnodePaths.leader()).map(node -> Json.read(node.data(), Leader.class));
    }

    /**
     * Takes the lead, or is empty when another has it. A leader node of this controller's own is from a try whose answer was
     * lost: it is replaced under a new term, so that nothing begun under that one goes on beside this.
     */
    public Optional<Term> take(String controller, String url) throws CoordinationException {
        Coordination.Node term =
                coordination.read(ZnodePaths.term()).orElseThrow(() -> new IllegalStateException("not prepared"));
        Optional<Coordination.Node> present = coordination.read(ZnodePaths.leader());
        if (present.isPresent()
                && !Json.read(present.get().data(), Leader.class).controller().equals(controller)) {
            return Optional.empty();
        }
        long number = parse(term) + 1;
        List<Operation> operations = new ArrayList<>();
        present.ifPresent(own -> operations.add(new Operation.Delete(ZnodePaths.leader(), own.version())));
        operations.add(
                new Operation.Create(ZnodePaths.leader(), Json.write(new Leader(controller, url, number)), true));
        operations.add(new Operation.Set(ZnodePaths.term(), format(number), term.version()));
        try {
            coordination.transact(operations);
            return Optional.of(new Term(number, term.version() + 1));
        } catch (CoordinationException e) {
            if (e.kind() == Kind.CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A term of this leader above {@code floor}: after ZooKeeper's data was lost the fences remember larger ones [25]. */
    public Term raiseAbove(Term mine, long floor) throws CoordinationException {
        if (mine.number() > floor) {
            return mine;
        }
        coordination.transact(new Operation.Set(ZnodePaths.term(), format(floor + 1), mine.nodeVersion()));
        return new Term(floor + 1, mine.nodeVersion() + 1);
    }

    /** Gives the lead back where {@code controller} has it, so that the next leader need not wait for the session's end. */
    public void giveBack(String controller) throws CoordinationException {
        Optional<Coordination.Node> node = coordination.read(ZnodePaths.leader());
        if (node.isPresent()
                && Json.read(node.get().data(), Leader.class).controller().equals(controller)) {
            coordination.transact(
                    new Operation.Delete(ZnodePaths.leader(), node.get().version()));
        }
    }

    private static long parse(Coordination.Node node) {
        return node.data().length == 0 ? 0 : Long.parseLong(new String(node.data(), StandardCharsets.US_ASCII));
    }

    private static byte[] format(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }
}
