/**
 * {@link io.shardshift.lab.demo.DemoMain}: whole migrations of a live workload on real servers that it starts itself, with
 * every acknowledged write checked at the end.
 */
@NullMarked
package io.shardshift.lab.demo;

import org.jspecify.annotations.NullMarked;
