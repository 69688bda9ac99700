/** The controller process: {@link io.shardshift.controller.ControllerMain} wires all packages below. */
@NullMarked
package io.shardshift.controller;

import org.jspecify.annotations.NullMarked;
