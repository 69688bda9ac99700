/**
 * Real mysqld and ZooKeeper on this machine: for every module's tests ({@link io.shardshift.cluster.TestCluster}), the demo
 * and by hand. Depends on nothing else of ours. Everything listens on loopback and ends with the process that started it.
 */
@NullMarked
package io.shardshift.cluster;

import org.jspecify.annotations.NullMarked;
