/**
 * The application of the demo and of fault runs: {@link io.shardshift.lab.workload.WorkloadProcess} is one agent process,
 * {@link io.shardshift.lab.workload.HistoryChecker} compares what was acknowledged with what the shards hold. Each worker
 * thread alone writes its users' items, so its own record of acknowledgements is the truth about them.
 */
@NullMarked
package io.shardshift.lab.workload;

import org.jspecify.annotations.NullMarked;
