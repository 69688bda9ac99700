/** What is seen of a migration from outside: phases and the status document. Immutable values. */
@NullMarked
package io.shardshift.api.migration;

import org.jspecify.annotations.NullMarked;
