/**
 * Turns the controller's JSON into text for a terminal. What is {@code null} or missing is shown as unknown, never as 0;
 * control characters that came from outside never reach the terminal. Pure functions; no threads.
 */
@NullMarked
package io.shardshift.cli.view;

import org.jspecify.annotations.NullMarked;
