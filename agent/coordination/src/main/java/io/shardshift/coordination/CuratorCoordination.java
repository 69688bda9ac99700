package io.shardshift.coordination;

import io.shardshift.coordination.CoordinationException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/** {@link Coordination} over Curator. Thread-safe. */
public final class CuratorCoordination implements Coordination {
    private final CuratorFramework client;
    private final List<Consumer<SessionState>> listeners = new CopyOnWriteArrayList<>();
    private volatile SessionState state = SessionState.SUSPENDED;

    private CuratorCoordination(CuratorFramework client) {
        this.client = client;
    }

    /**
     * Starts a client and returns at once; the first call waits for the connection, at most {@code connectionTimeout}.
     *
     * @param sessionTimeout asked of the server, which may answer with another
     */
    public static CuratorCoordination connect(
            String connectString, Duration sessionTimeout, Duration connectionTimeout) {
        CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString(connectString)
                .sessionTimeoutMs((int) sessionTimeout.toMillis())
                .connectionTimeoutMs((int) connectionTimeout.toMillis())
                // A write that Curator repeats after a lost reply would report a conflict with itself: the caller
                // decides.
                .retryPolicy(new RetryNTimes(0, 1))
                .build();
        CuratorCoordination coordination = new CuratorCoordination(client);
        client.getConnectionStateListenable().addListener((curator, changed) -> coordination.sessionChanged(changed));
        client.start();
        return coordination;
    }

    private void sessionChanged(ConnectionState changed) {
        state = switch (changed) {
            case CONNECTED, RECONNECTED -> SessionState.CONNECTED;
            case SUSPENDED, READ_ONLY -> SessionState.SUSPENDED;
            case LOST -> SessionState.LOST;
        };
        SessionState now = state;
        listeners.forEach(listener -> listener.accept(now));
    }

    @Override
    public Optional<Node> read(String path) throws CoordinationException {
        return call("read " + path, () -> {
            try {
                Stat stat = new Stat();
                byte[] data = client.getData().storingStatIn(stat).forPath(path);
                return Optional.of(new Node(data == null ? new byte[0] : data, stat.getVersion()));
            } catch (KeeperException.NoNodeException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public List<String> children(String path) throws CoordinationException {
        return call("list " + path, () -> {
            try {
                return client.getChildren().forPath(path).stream().sorted().toList();
            } catch (KeeperException.NoNodeException e) {
                return List.of();
            }
        });
    }

    @Override
    public void transact(List<Operation> operations) throws CoordinationException {
        call("transaction on " + operations.stream().map(Operation::path).toList(), () -> {
            List<CuratorOp> ops = new ArrayList<>(operations.size());
            for (Operation operation : operations) {
                ops.add(toCurator(operation));
            }
            return client.transaction().forOperations(ops);
        });
    }

    private CuratorOp toCurator(Operation operation) throws Exception {
        if (operation instanceof Operation.Check check) {
            return client.transactionOp().check().withVersion(check.version()).forPath(check.path());
        }
        if (operation instanceof Operation.Create create) {
            return client.transactionOp()
                    .create()
                    .withMode(create.ephemeral() ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT)
                    .forPath(create.path(), create.data());
        }
        if (operation instanceof Operation.Set set) {
            return client.transactionOp().setData().withVersion(set.version()).forPath(set.path(), set.data());
        }
        return client.transactionOp()
                .delete()
                .withVersion(((Operation.Delete) operation).version())
                .forPath(operation.path());
    }

    @Override
    public void ensure(String path) throws CoordinationException {
        call("make " + path, () -> {
            try {
                return client.create().creatingParentsIfNeeded().forPath(path, new byte[0]);
            } catch (KeeperException.NodeExistsException e) {
                return path;
            }
        });
    }

    @Override
    public void sync(String path) throws CoordinationException {
        call("sync " + path, () -> {
            // The answer to a sync comes when this server has caught up; a read through the same session then sees it.
            client.getZookeeperClient().getZooKeeper().sync(path);
            return path;
        });
    }

    @Override
    public Watch watch(String path, Runnable onChange) throws CoordinationException {
        PersistentWatcher watcher = new PersistentWatcher(client, path, false);
        watcher.getListenable().addListener(event -> onChange.run());
        watcher.getResetListenable().addListener(onChange::run);
        watcher.start();
        return watcher::close;
    }

    @Override
    public void onSession(Consumer<SessionState> listener) {
        listeners.add(listener);
    }

    @Override
    public SessionState sessionState() {
        return state;
    }

    @Override
    public void close() {
        client.close();
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws Exception;
    }

    private static <T> T call(String what, Call<T> call) throws CoordinationException {
        try {
            return call.run();
        } catch (KeeperException e) {
            throw new CoordinationException(kind(e), "ZooKeeper: " + what + ": " + e.code(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationException(Kind.UNREACHABLE, "ZooKeeper: " + what + ": interrupted", e);
        } catch (IllegalStateException e) {
            throw new CoordinationException(Kind.UNREACHABLE, "ZooKeeper: " + what + ": the client is closed", e);
        } catch (Exception e) {
            throw new CoordinationException(Kind.REFUSED, "ZooKeeper: " + what + ": " + e.getMessage(), e);
        }
    }

    private static Kind kind(KeeperException e) {
        return switch (e.code()) {
            case BADVERSION, NODEEXISTS, NONODE, NOTEMPTY, RUNTIMEINCONSISTENCY -> Kind.CONFLICT;
            case CONNECTIONLOSS, SESSIONEXPIRED, OPERATIONTIMEOUT, SESSIONMOVED, REQUESTTIMEOUT -> Kind.UNREACHABLE;
            default -> Kind.REFUSED;
        };
    }
}
