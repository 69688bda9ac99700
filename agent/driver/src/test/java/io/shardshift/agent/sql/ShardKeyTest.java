package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which shard keys conditions name: the part after FROM, then {@code => } and the keys. */
class ShardKeyTest {

    @ParameterizedTest
    @MethodSource({"conditions", "joins", "subqueries"})
    void namesTheseShardKeys(String line) {
        int arrow = line.lastIndexOf(" => ");
        Read read = Shop.read("SELECT 1 FROM " + line.substring(0, arrow));
        assertThat(Described.keys(read.shardKey())).isEqualTo(line.substring(arrow + 4));
    }

    static Stream<String> conditions() {
        return """
                orders WHERE 5 = user_id => (5)
                orders WHERE (user_id = 5) AND (status = 1 OR status = 2) => (5)
                orders WHERE user_id = 5 OR user_id = ? => (5)|(?1)
                orders WHERE user_id = 5 || user_id = 6 => (5)|(6)
                orders WHERE user_id = 5 OR status = 6 => keyless
                orders WHERE user_id = 5 AND status || amount = 2 => keyless
                orders WHERE user_id = 5 && status = 6 => (5)
                orders WHERE user_id = 5 XOR status = 6 => keyless
                orders WHERE user_id = 5 AND status XOR amount => keyless
                orders WHERE user_id = 5 OR status XOR amount => keyless
                orders WHERE status = 1 XOR amount AND user_id = 5 => keyless
                orders WHERE NOT status = 1 AND user_id = 5 => (5)
                orders WHERE status BETWEEN 1 AND user_id = 5 => keyless
                orders WHERE status BETWEEN 1 AND 2 AND user_id = 5 => (5)
                orders WHERE user_id = 5 | 1 => keyless
                orders WHERE user_id = 5 ^ 1 => keyless
                orders WHERE user_id = 5--1 => keyless
                orders WHERE user_id = ? + 1 => keyless
                orders WHERE user_id <=> 5 => keyless
                orders WHERE user_id = CASE WHEN 1 THEN 5 END => keyless
                orders WHERE NOT user_id = 5 => keyless
                orders WHERE ! user_id = 5 => keyless
                orders WHERE NOT (user_id = 5 OR status = 1) => keyless
                orders WHERE user_id <> 5 => keyless
                orders WHERE user_id > 5 => keyless
                orders WHERE user_id NOT IN (5) => keyless
                orders WHERE user_id IN (5, NULL) => keyless
                orders WHERE user_id IN (5, status) => keyless
                orders WHERE user_id = NULL => keyless
                orders WHERE user_id = 5 + 1 => keyless
                orders WHERE user_id = 5 DIV 2 => keyless
                orders WHERE user_id = 'a' COLLATE utf8mb4_bin => keyless
                orders WHERE user_id COLLATE utf8mb4_bin = 'a' => keyless
                orders WHERE BINARY user_id = 'a' => ('a')
                orders WHERE user_id = _latin1'a' => keyless
                orders WHERE user_id = @x => keyless
                orders WHERE user_id = 05.00 => (5)
                orders WHERE user_id = 5e2 => (500)
                orders WHERE user_id = - 5 => (-5)
                orders WHERE user_id = 99999999999999999999 => (99999999999999999999)
                orders WHERE user_id = TRUE => (1)
                orders WHERE user_id = x'41fF' => (x41ff)
                orders WHERE user_id = 0xA => (x0a)
                orders WHERE user_id = b'101' => (x05)
                orders WHERE user_id = N'a' => ('a')
                orders WHERE user_id = 'a' 'b' => ('ab')
                orders WHERE user_id = "it's" => ('it's')
                orders WHERE user_id = 'it''s' => ('it's')
                orders WHERE user_id = 'it\\'s' AND status = 'b' => ('it's')
                orders WHERE user_id = 'a\\\\' AND status = 'b' => ('a\\')
                orders WHERE USER_ID = 5 AND orders.User_Id = 5 => (5)
                orders WHERE user_id IN (1, 2) AND user_id = 2 => (2)
                orders WHERE user_id = id AND id = 7 => (7)
                orders WHERE x.user_id = 5 => keyless
                orders o WHERE orders.user_id = 5 => keyless
                events WHERE tenant = 'a' AND region IN (1, 2) => ('a',1)|('a',2)
                events WHERE tenant IN (1, 2) AND region IN (3, 4) => (1,3)|(1,4)|(2,3)|(2,4)
                events WHERE (tenant, region) IN ((1, 2), (3, 4)) => (1,2)|(3,4)
                events WHERE (region, tenant) = (1, 2) => (2,1)
                events WHERE (region, tenant, id) IN ((1, 2, 9), (1, 2, 8)) => (2,1)
                events WHERE tenant = 1 AND region = 2 OR tenant = 3 AND region = 4 => (1,2)|(3,4)
                events WHERE tenant = 1 AND (region = 2 OR region = 4) => keyless
                events WHERE (tenant, region) IN ((1, 2), (3, id)) => keyless
                events WHERE ROW(tenant, region) = ROW(1, 2) => (1,2)
                """.lines();
    }

    static Stream<String> joins() {
        return """
                orders o JOIN order_lines l ON l.user_id = o.user_id WHERE o.user_id = 5 => (5)
                orders o JOIN order_lines l ON l.user_id = o.user_id AND l.user_id = ? => (?1)
                orders o JOIN order_lines l ON l.order_id = o.id WHERE o.user_id = 5 => keyless
                orders o, order_lines l WHERE o.user_id = l.user_id AND l.user_id IN (1, 2) => (1)|(2)
                orders o, order_lines l WHERE o.user_id = 1 AND l.user_id = 2 => (1)|(2)
                orders JOIN order_lines USING (user_id) WHERE orders.user_id = 5 => (5)
                orders o LEFT JOIN order_lines l ON l.user_id = o.user_id WHERE o.user_id = 5 => (5)
                orders o LEFT JOIN order_lines l ON l.user_id = o.user_id AND o.user_id = 5 => keyless
                orders o LEFT JOIN order_lines l ON l.user_id = o.user_id AND l.user_id = 5 => keyless
                orders o LEFT JOIN order_lines l ON l.user_id = o.user_id WHERE l.user_id = 5 => keyless
                orders o RIGHT JOIN order_lines l ON l.user_id = o.user_id WHERE l.user_id = 5 => (5)
                orders o RIGHT JOIN order_lines l ON l.user_id = o.user_id WHERE o.user_id = 5 => keyless
                orders o LEFT JOIN order_lines l USING (user_id) WHERE o.user_id = 5 => (5)
                orders full JOIN order_lines l ON l.user_id = full.user_id WHERE full.user_id = 5 => (5)
                orders semi JOIN accounts any ON any.user_id = semi.user_id WHERE any.user_id = 5 => (5)
                orders NATURAL JOIN order_lines WHERE orders.user_id = 5 => keyless
                orders o JOIN (order_lines l JOIN accounts a ON a.user_id = l.user_id) ON l.user_id = o.user_id WHERE a.user_id = 5 => (5)
                orders o STRAIGHT_JOIN accounts a ON a.user_id = o.user_id WHERE o.user_id = 5 => (5)
                orders o CROSS JOIN notes n WHERE o.user_id = 5 => (5)|()
                orders o JOIN other x ON x.user_id = o.user_id WHERE o.user_id = 5 => keyless
                orders o JOIN information_schema.tables t WHERE o.user_id = 5 => (5)
                orders a JOIN orders b ON a.user_id = b.user_id WHERE a.user_id = 5 => (5)
                orders a JOIN orders b ON a.user_id = b.user_id WHERE user_id = 5 => keyless
                orders o JOIN (SELECT 5 AS user_id) d ON d.user_id = o.user_id => keyless
                (SELECT * FROM orders WHERE user_id = 1) d WHERE d.user_id = 2 => (1)
                """.lines();
    }

    static Stream<String> subqueries() {
        return """
                accounts a WHERE a.user_id = 5 AND EXISTS (SELECT 1 FROM orders o WHERE o.user_id = a.user_id) => (5)
                accounts a WHERE EXISTS (SELECT 1 FROM orders o WHERE o.user_id = a.user_id AND a.user_id = 5) => keyless
                accounts a WHERE a.user_id = 5 AND a.balance > (SELECT MAX(amount) FROM orders) => keyless
                accounts a WHERE a.user_id = 5 AND a.balance IN (SELECT amount FROM orders WHERE user_id = 6) => (5)|(6)
                accounts a WHERE a.user_id = 5 AND NOT EXISTS (SELECT 1 FROM (SELECT 9 AS user_id) d WHERE user_id = 5) => (5)
                accounts a WHERE a.user_id = (SELECT user_id FROM orders WHERE user_id = 5) => keyless
                accounts a WHERE a.user_id = 5 ORDER BY (SELECT COUNT(*) FROM orders) => keyless
                accounts a WHERE a.user_id = 5 HAVING (SELECT COUNT(*) FROM orders) => keyless
                accounts a WHERE a.user_id = 5 AND CASE WHEN (SELECT 1 FROM orders LIMIT 1) THEN 1 END => keyless
                accounts a JOIN LATERAL (SELECT * FROM orders o WHERE o.user_id = a.user_id) x WHERE a.user_id = 5 => (5)
                accounts a JOIN notes n ON a.user_id = (SELECT 1 FROM orders) WHERE a.user_id = 5 => keyless
                """.lines();
    }

    @Test
    void moreThanTheBoundIsKeyless() {
        String list = IntStream.rangeClosed(1, 1000).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        assertThat(Shop.read("SELECT 1 FROM orders WHERE user_id IN (" + list + ")")
                        .isKeyless())
                .isFalse();
        assertThat(Shop.read("SELECT 1 FROM orders WHERE user_id IN (" + list + ", 1001)")
                        .isKeyless())
                .isTrue();
        assertThat(Shop.read("SELECT 1 FROM events WHERE tenant IN (1, 2) AND region IN (" + list + ")")
                        .isKeyless())
                .isTrue();
    }
}
