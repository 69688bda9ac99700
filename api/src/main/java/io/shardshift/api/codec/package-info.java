/** The one JSON form of every value that is stored or sent: {@link io.shardshift.api.codec.Json}. Thread-safe. */
@NullMarked
package io.shardshift.api.codec;

import org.jspecify.annotations.NullMarked;
