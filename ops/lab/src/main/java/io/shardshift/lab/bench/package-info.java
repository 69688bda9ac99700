/**
 * {@link io.shardshift.lab.bench.BenchMain}: benchmarks on real servers that they start themselves. Each is a ratio of two
 * things measured side by side in one run, for absolute figures say more about the machine. The two take turns on the main
 * thread; what works in parallel inside one of them are its own threads, which have ended when it answers.
 */
@NullMarked
package io.shardshift.lab.bench;

import org.jspecify.annotations.NullMarked;
