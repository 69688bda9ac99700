package io.shardshift.lab.model;

import java.util.List;

/** A read of one user's rows, and its right answer, each value as text. */
record Query(SqlCall call, List<List<String>> answer) {}
