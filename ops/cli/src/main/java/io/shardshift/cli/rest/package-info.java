/**
 * How the command talks to a controller: requests with bounded retries, and the stream of server-sent events. The way in
 * is {@link io.shardshift.cli.rest.ControllerClient}; it may be used from several threads.
 */
@NullMarked
package io.shardshift.cli.rest;

import org.jspecify.annotations.NullMarked;
