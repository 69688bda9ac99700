/**
 * The command line against a real controller process, real servers and a real ZooKeeper. The way in is {@link
 * io.shardshift.lab.cli.CommandLineTest}. One thread.
 */
@NullMarked
package io.shardshift.lab.cli;

import org.jspecify.annotations.NullMarked;
