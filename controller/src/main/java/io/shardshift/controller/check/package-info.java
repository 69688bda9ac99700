/**
 * What is looked at before anything moves, while it moves and before a hand-off: one class per {@link
 * io.shardshift.controller.check.Check}, each with its query, its scopes and its remedy. Frames for a few lines each: {@code
 * VariableCheck} for settings, {@code TableCheck} and {@code ColumnCheck} for definitions, {@code ShardCheck} for the rest.
 * The way in is {@link io.shardshift.controller.check.Checks#run}, on a {@link
 * io.shardshift.controller.check.CheckContext} that is opened for one run; what a later run compares with is in {@link
 * io.shardshift.controller.check.Remembered}. Checks change nothing else, and each run ends in its time: what could not be
 * asked is a finding. One thread per context.
 */
@NullMarked
package io.shardshift.controller.check;

import org.jspecify.annotations.NullMarked;
