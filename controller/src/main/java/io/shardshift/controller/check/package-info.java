/**
 * What is looked at before anything moves, while it moves and before a hand-off: one class per {@link
 * io.shardshift.controller.check.Check}, each with its query, its scopes and its remedy. The way in is {@link
 * io.shardshift.controller.check.Checks#run}, on a {@link io.shardshift.controller.check.CheckContext} that is opened for one
 * run. Checks change nothing. One thread per context.
 */
@NullMarked
package io.shardshift.controller.check;

import org.jspecify.annotations.NullMarked;
