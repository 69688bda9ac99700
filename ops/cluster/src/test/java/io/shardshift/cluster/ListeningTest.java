package io.shardshift.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListeningTest {
    /** 127.0.0.1 as {@code /proc/net/tcp} writes it; and the same address of a socket that can do IPv6 too. */
    private static final List<String> LOOPBACK = List.of("0100007F", "0000000000000000FFFF00000100007F");

    @Test
    void mysqldListensOnItsOnePortOnLoopbackOnly() throws Exception {
        MysqlServer server = TestCluster.mysql(0);
        assertThat(ListeningSockets.of(server.pid())).containsExactly("0100007F:" + server.port());
    }

    @Test
    void zooKeeperListensOnLoopbackOnly() throws Exception {
        String connect = TestCluster.zookeeper().connectString();
        String port = connect.substring(connect.indexOf(':') + 1);
        List<String> sockets = ListeningSockets.of(ProcessHandle.current().pid()).stream()
                .filter(socket -> socket.endsWith(":" + port))
                .toList();
        assertThat(sockets)
                .hasSize(1)
                .allSatisfy(socket -> assertThat(LOOPBACK).contains(socket.substring(0, socket.indexOf(':'))));
    }
}
