/**
 * Who told the controller what, and what came of it: {@link io.shardshift.controller.audit.AuditLog}. Thread-safe; request
 * threads write to it.
 */
@NullMarked
package io.shardshift.controller.audit;

import org.jspecify.annotations.NullMarked;
