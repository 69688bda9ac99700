package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyspaceWriterTest {
    private static final String SHARDS =
            ", shards: {s-1: {url: 'jdbc:mysql://db1/shop', credentials: c}, s-0: {url: 'jdbc:mysql://db0/shop', credentials: d}}"
                    + ", slotMap: {s-1: '0-3, 8', s-0: '4-7, 9'}}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{keyspace: shop, slots: 10, shardFunction: crc32, tables: {orders: {shardKey: id}}" + SHARDS,
                "{keyspace: shop, slots: 10, shardFunction: modulo, tables: {orders: {shardKey: id}, lines: {shardKey: order}}"
                        + ", autoIncrement: {increment: 16}, unique: [orders.PRIMARY], shardKeyForm: asciiLower"
                        + SHARDS,
                "{keyspace: shop, slots: 10, shardFunction: range, range: {id: [[-9, 9, 1], [10, 18446744073709551615, 9]]}"
                        + ", tables: {orders: {shardKey: ID}}" + SHARDS,
                "{keyspace: shop, slots: 10, shardFunction: lookup, lookup: {keys: {acme: 7, '12': 8}}"
                        + ", tables: {orders: {shardKey: [org, id]}}" + SHARDS,
                "{keyspace: wiki, slots: 1, tables: all, slotMap: {db-0: 0},"
                        + " shards: {db-0: {url: 'jdbc:mysql://db0/wiki', credentials: c}}}",
            })
    void whatIsWrittenIsReadAsTheSame(String text) throws ProblemException {
        Keyspace keyspace = PlanReader.readKeyspace(null, text);
        String written = new String(Json.write(KeyspaceWriter.file(keyspace)), StandardCharsets.UTF_8);
        assertThat(PlanReader.readKeyspace(null, written)).isEqualTo(keyspace);
    }
}
