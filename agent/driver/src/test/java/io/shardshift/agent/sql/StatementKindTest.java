package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each kind of statement is: the statement, then {@code => } and its description. */
class StatementKindTest {

    @ParameterizedTest
    @MethodSource({"transactions", "sessions", "ddl", "reads", "lockingReads", "inserts", "updates", "deletes"})
    void isWhatItIs(String line) {
        int arrow = line.lastIndexOf(" => ");
        assertThat(Described.describe(Shop.analyze(line.substring(0, arrow)))).isEqualTo(line.substring(arrow + 4));
    }

    static Stream<String> transactions() {
        return """
                BEGIN => BEGIN
                begin work => BEGIN
                /* from the pool */ START TRANSACTION /* now */ => BEGIN
                START TRANSACTION; => BEGIN
                START TRANSACTION READ WRITE => BEGIN
                START TRANSACTION READ ONLY => BEGIN_READ_ONLY
                START TRANSACTION WITH CONSISTENT SNAPSHOT => BEGIN_WITH_SNAPSHOT
                START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY => BEGIN_READ_ONLY_WITH_SNAPSHOT
                COMMIT => COMMIT
                COMMIT WORK AND NO CHAIN NO RELEASE => COMMIT
                COMMIT AND CHAIN => refused STATEMENT_KIND
                ROLLBACK => ROLLBACK
                ROLLBACK RELEASE => refused STATEMENT_KIND
                SAVEPOINT a => SAVEPOINT a
                SAVEPOINT `a b` => SAVEPOINT a b
                ROLLBACK TO a => ROLLBACK_TO a
                ROLLBACK WORK TO SAVEPOINT a => ROLLBACK_TO a
                RELEASE SAVEPOINT a => RELEASE a
                SET autocommit = 0 => AUTOCOMMIT_OFF
                SET @@session.autocommit := ON => AUTOCOMMIT_ON
                SET SESSION autocommit=1 => AUTOCOMMIT_ON
                SET autocommit = @x => refused SESSION_VARIABLE
                SET autocommit = 0, time_zone = '+00:00' => refused SESSION_VARIABLE
                BEGIN DELETE FROM orders => refused NOT_UNDERSTOOD
                COMMIT 1 => refused NOT_UNDERSTOOD
                XA START 'x' => refused STATEMENT_KIND
                """.lines();
    }

    static Stream<String> sessions() {
        return """
                SET NAMES utf8mb4 => session ALL_SHARDS
                SET NAMES gbk => refused SESSION_VARIABLE
                SET NAMES latin1 => refused SESSION_VARIABLE
                SET NAMES DEFAULT => refused SESSION_VARIABLE
                SET character_set_results = latin1 => refused SESSION_VARIABLE
                SET CHARACTER SET utf8mb4 => session ALL_SHARDS
                SET time_zone = '+00:00', @x = 5 => session ALL_SHARDS
                SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED => session ALL_SHARDS
                SET TRANSACTION READ ONLY => session NEXT_TRANSACTION
                SET sql_mode = 'STRICT_TRANS_TABLES' => session ALL_SHARDS
                SET sql_mode = 'ANSI_QUOTES' => refused SESSION_VARIABLE
                SET sql_mode = CONCAT(@@sql_mode, ',ANSI') => refused SESSION_VARIABLE
                SET GLOBAL max_connections = 5 => refused SESSION_VARIABLE
                SET @@global.max_connections = 5 => refused SESSION_VARIABLE
                SET @@auto_increment_increment = 1 => refused SESSION_VARIABLE
                SET @@`sql_log_bin` = 0 => refused SESSION_VARIABLE
                SET @@session.`sql_log_bin` = 0 => refused NOT_UNDERSTOOD
                SET @`sql_log_bin` = 0 => session ALL_SHARDS
                SET sql_log_bin = 0 => refused SESSION_VARIABLE
                SET @n = (SELECT COUNT(*) FROM orders) => refused NOT_UNDERSTOOD
                SET => refused NOT_UNDERSTOOD
                SHOW TABLES => session ANY_SHARD
                SHOW WARNINGS => session LAST_USED_SHARD
                SHOW COUNT(*) ERRORS => session LAST_USED_SHARD
                SELECT 1 => session ANY_SHARD
                SELECT 1 FROM DUAL => session ANY_SHARD
                SELECT @@version, @@session.sql_mode => session ANY_SHARD
                SELECT LAST_INSERT_ID() => session LAST_USED_SHARD
                SELECT @@identity => session LAST_USED_SHARD
                SELECT ROW_COUNT(), 1 => session LAST_USED_SHARD
                SELECT GET_LOCK('a', 1) => refused FUNCTION
                SELECT shop.my_function(1) => refused FUNCTION
                SELECT my_function(1) => refused FUNCTION
                SELECT @a := 1 => refused NOT_UNDERSTOOD
                DO 1 => session ANY_SHARD
                DO SLEEP(1) => session ANY_SHARD
                DO RELEASE_LOCK('a') => refused FUNCTION
                DO my_function(1) => refused FUNCTION
                DO (SELECT 1 FROM orders) => refused NOT_UNDERSTOOD
                EXPLAIN SELECT * FROM orders => session ANY_SHARD
                EXPLAIN ANALYZE SELECT * FROM orders => refused STATEMENT_KIND
                DESC orders => session ANY_SHARD
                USE shop => refused STATEMENT_KIND
                LOCK TABLES orders WRITE => refused STATEMENT_KIND
                UNLOCK TABLES => refused STATEMENT_KIND
                CALL p() => refused STATEMENT_KIND
                LOAD DATA LOCAL INFILE 'x' INTO TABLE orders => refused STATEMENT_KIND
                HANDLER orders OPEN => refused STATEMENT_KIND
                PREPARE s FROM 'DELETE FROM orders' => refused STATEMENT_KIND
                KILL 5 => refused STATEMENT_KIND
                FLUSH TABLES => refused STATEMENT_KIND
                GRANT ALL ON *.* TO x => refused STATEMENT_KIND
                """.lines();
    }

    static Stream<String> ddl() {
        return """
                TRUNCATE orders => ddl TRUNCATE orders
                TRUNCATE TABLE shop.orders => ddl TRUNCATE shop.orders
                DROP TABLE IF EXISTS orders, `other` => ddl DROP orders,other?
                ALTER TABLE orders ADD COLUMN x INT, DROP COLUMN y => ddl ALTER orders
                ALTER TABLE orders RENAME TO old_orders => ddl ALTER orders,old_orders?
                ALTER TABLE orders RENAME COLUMN a TO b => ddl ALTER orders
                RENAME TABLE orders TO o2, notes TO n2 => ddl RENAME orders,o2?,notes,n2?
                CREATE TABLE IF NOT EXISTS t2 (id INT PRIMARY KEY) => ddl CREATE t2?
                CREATE TABLE t2 LIKE orders => ddl CREATE t2?,orders
                CREATE TABLE t2 AS SELECT * FROM orders => refused STATEMENT_KIND
                CREATE TABLE t2 (SELECT 1) => refused STATEMENT_KIND
                CREATE UNIQUE INDEX i ON orders (ref) => ddl CREATE orders
                DROP INDEX i ON orders => ddl DROP orders
                ANALYZE TABLE orders => ddl ANALYZE orders
                CREATE TEMPORARY TABLE t2 (id INT) => refused STATEMENT_KIND
                CREATE TRIGGER x BEFORE INSERT ON orders FOR EACH ROW SET @a = 1 => refused STATEMENT_KIND
                CREATE VIEW v AS SELECT * FROM orders => refused STATEMENT_KIND
                DROP DATABASE shop => refused STATEMENT_KIND
                DROP TABLE _shardshift_fence => refused BOOKKEEPING_TABLE
                """.lines();
    }

    static Stream<String> reads() {
        return """
                SELECT * FROM orders WHERE id = ? => read keyless point (?1)
                SELECT status s, o.amount FROM orders o WHERE o.id = 5 AND user_id = ? => read (?1) point (5)
                SELECT * FROM orders WHERE user_id = ? => read (?1)
                SELECT COUNT(*) FROM accounts WHERE user_id = 7 => read (7)
                SELECT * FROM accounts WHERE user_id = 7 GROUP BY email => read (7)
                SELECT * FROM accounts WHERE user_id = 7 AND balance > 3 ORDER BY 1 LIMIT 1 => read (7) point (7)
                SELECT (SELECT 1) FROM accounts WHERE user_id = 7 => read (7)
                SELECT * FROM `orders` WHERE `user_id` IN (1, ?, 'x') => read (1)|(?1)|('x')
                SELECT * FROM shop.orders WHERE shop.orders.user_id = 1 => read (1)
                SELECT * FROM notes => read ()
                SELECT * FROM notes WHERE id = ? => read () point (?1)
                SELECT * FROM other WHERE user_id = 1 => read keyless
                SELECT * FROM information_schema.tables => read keyless
                SELECT * FROM orders UNION SELECT * FROM orders => read keyless
                (SELECT 1 FROM orders WHERE user_id=1) UNION ALL (SELECT 2 FROM orders WHERE user_id=2) => read (1)|(2)
                WITH x AS (SELECT * FROM orders WHERE user_id = 3) SELECT * FROM x => read (3)
                WITH orders AS (SELECT * FROM accounts) SELECT * FROM orders => read keyless
                SELECT SQL_CALC_FOUND_ROWS DISTINCT status FROM orders WHERE user_id = 1 => read (1)
                SELECT /*+ MAX_EXECUTION_TIME(5) */ 1 FROM orders USE INDEX (a) WHERE user_id = 1 => read (1)
                SELECT 1 FROM orders PARTITION (p0, p1) AS o WHERE user_id = 1 => read (1)
                SELECT 1 FROM orders WHERE user_id = 7 MOD 5 => read keyless
                SELECT data->'$.a', data->>'$.b' FROM orders WHERE user_id = 1 => read (1)
                SELECT uuid, number, full, "a" AS 'b' FROM orders WHERE uuid = UUID() AND user_id = 1 => read (1)
                SELECT 1 FROM orders WHERE user_id = 5 = 0 => refused NOT_UNDERSTOOD
                SELECT 1 FROM orders WHERE user_id IN (5) = 0 => refused NOT_UNDERSTOOD
                SELECT 1 FROM orders WHERE user_id = 5 IS NULL => refused NOT_UNDERSTOOD
                SELECT 1 INTO @x FROM orders => refused INTO
                SELECT * FROM orders INTO OUTFILE 'x' => refused INTO
                SELECT 1 FROM orders WHERE user_id = (SELECT GET_LOCK('a', 1)) => refused FUNCTION
                SELECT 1 FROM orders WHERE my_function(id) => refused FUNCTION
                SELECT * FROM _shardshift_fence => refused BOOKKEEPING_TABLE
                SELECT * FROM shop.`_SHARDSHIFT_hold` => refused BOOKKEEPING_TABLE
                TABLE orders => refused STATEMENT_KIND
                SELECT * FROM orders WHERE user_id IN (TABLE accounts) => refused NOT_UNDERSTOOD
                WITH x AS (SELECT 1) DELETE FROM orders => refused NOT_UNDERSTOOD
                SELECT FROM WHERE => refused NOT_UNDERSTOOD
                """.lines();
    }

    static Stream<String> lockingReads() {
        return """
                SELECT * FROM accounts WHERE user_id = 1 FOR UPDATE => read (1) point (1) FOR UPDATE
                SELECT * FROM accounts WHERE user_id = 1 FOR UPDATE NOWAIT => read (1) point (1) FOR UPDATE NOWAIT
                SELECT * FROM orders WHERE user_id = 1 LIMIT 3 FOR UPDATE SKIP LOCKED => read (1) FOR UPDATE SKIP LOCKED
                SELECT * FROM orders o WHERE user_id = 1 FOR SHARE OF o NOWAIT => read (1) FOR SHARE NOWAIT
                SELECT * FROM orders WHERE user_id = 1 LOCK IN SHARE MODE => read (1) FOR SHARE
                SELECT * FROM orders o WHERE user_id = 1 FOR SHARE OF o FOR UPDATE OF o => read (1) FOR UPDATE
                SELECT * FROM (SELECT 1 FROM orders WHERE user_id = 1 FOR UPDATE) x => read (1) FOR UPDATE
                """.lines();
    }

    static Stream<String> inserts() {
        return """
                INSERT INTO orders (user_id, ref) VALUES (?, ?) => insert (?1)
                INSERT orders VALUES (NULL, 5, 'r', 's', 1.50, NOW()) => insert (5)
                INSERT INTO orders (ref, user_id) VALUES ('a', 1), ('b', ?), ('c', -3) => insert (1)|(?1)|(-3)
                INSERT INTO orders SET user_id = ?, status = CONCAT('a', ?) => insert (?1)
                INSERT INTO shop.orders (orders.user_id) VALUES (1) => insert (1)
                INSERT HIGH_PRIORITY INTO orders PARTITION (p0) (user_id) VALUE (1) => insert (1)
                INSERT INTO orders (user_id) VALUES ROW(1), ROW(2) => insert (1)|(2)
                INSERT INTO orders (user_id, id) VALUES (1, 2) ON DUPLICATE KEY UPDATE ref = VALUES(ref) => insert (1) on duplicate
                INSERT INTO orders (user_id) VALUES (1) AS new ON DUPLICATE KEY UPDATE ref = new.ref => insert (1) on duplicate
                INSERT INTO orders (user_id) VALUES (1) AS new (u) ON DUPLICATE KEY UPDATE ref = u => insert (1) on duplicate
                REPLACE INTO accounts VALUES (?, 'a', 0) => replace (?1)
                REPLACE accounts SET user_id = 1 => replace (1)
                INSERT INTO notes VALUES () => insert ()
                INSERT INTO notes (body) SELECT body FROM notes => insert () select
                INSERT INTO orders (user_id) SELECT user_id FROM accounts WHERE user_id = 1 => insert keyless select
                INSERT INTO orders (user_id) (SELECT 1) ON DUPLICATE KEY UPDATE ref = 1 => insert keyless select on duplicate
                INSERT INTO orders (user_id) SELECT a.user_id FROM accounts a JOIN notes n ON a.x = n.id ON DUPLICATE KEY UPDATE ref = 1 => insert keyless select on duplicate
                INSERT INTO orders (user_id, `values`) VALUES (1, 2) => insert (1)
                INSERT INTO orders (ref) VALUES (1) => refused SHARD_KEY_MISSING
                INSERT INTO orders (user_id) VALUES (DEFAULT) => refused SHARD_KEY_MISSING
                INSERT INTO orders (user_id) VALUES (NULL) => refused SHARD_KEY_MISSING
                INSERT INTO orders (user_id) VALUES (1 + 1) => refused SHARD_KEY_MISSING
                INSERT INTO orders (user_id) VALUES (1), (@x) => refused SHARD_KEY_MISSING
                INSERT INTO orders VALUES () => refused SHARD_KEY_MISSING
                INSERT INTO orders (user_id) VALUES (1, 2) => refused NOT_UNDERSTOOD
                INSERT INTO orders (user_id, ref) VALUES (1, (SELECT 1)) => refused NOT_UNDERSTOOD
                INSERT INTO orders (user_id, ref) VALUES (1, my_function()) => refused FUNCTION
                INSERT IGNORE INTO orders (user_id) VALUES (1) => refused IGNORE
                INSERT DELAYED INTO orders (user_id) VALUES (1) => refused IGNORE
                INSERT INTO other (a) VALUES (1) => refused UNKNOWN_TABLE
                INSERT INTO information_schema.orders (a) VALUES (1) => refused UNKNOWN_TABLE
                INSERT INTO _shardshift_agent VALUES (1) => refused BOOKKEEPING_TABLE
                INSERT INTO orders TABLE notes => refused NOT_UNDERSTOOD
                """.lines();
    }

    static Stream<String> updates() {
        return """
                UPDATE orders SET status = ? WHERE user_id = ? => update (?2)
                UPDATE orders SET status = ? WHERE user_id = ? AND id = ? => update (?2) full (?3)
                UPDATE orders SET status = ? WHERE id = ? => update keyless
                UPDATE orders o SET o.amount = o.amount + 1 WHERE o.user_id = 1 AND o.status = 'x' => update (1)
                UPDATE LOW_PRIORITY orders AS o SET amount = DEFAULT WHERE user_id IN (1, 2) => update (1)|(2)
                UPDATE orders SET status = 'x' => update keyless
                UPDATE orders SET status = 'x' WHERE user_id = 1 ORDER BY created LIMIT 5 => update (1) limited
                UPDATE orders SET user_id = 2 WHERE user_id = 1 => update (1) changes shard key
                UPDATE orders SET id = 2 WHERE user_id = 1 AND id = 1 => update (1) full (1) changes primary key
                UPDATE notes SET body = 'x' WHERE id = 5 => update () full (5)
                UPDATE notes SET body = 'x' => update ()
                UPDATE orders SET status = 'x' WHERE user_id = 1 AND created < NOW() - INTERVAL 1 DAY => update (1)
                UPDATE orders SET status = UUID() WHERE user_id = 1 => update (1)
                UPDATE accounts SET balance = (SELECT SUM(amount) FROM orders WHERE user_id = 1) WHERE user_id = 1 => update (1) full (1)
                UPDATE accounts a SET balance = (SELECT SUM(amount) FROM orders o WHERE o.user_id = a.user_id) WHERE user_id = 1 => update (1) full (1)
                UPDATE accounts SET balance = (SELECT SUM(amount) FROM orders) WHERE user_id = 1 => update keyless full (1)
                UPDATE accounts SET balance = 1 WHERE user_id = 1 AND RAND() < 0.5 => update (1) full (1)
                UPDATE orders SET status = 1 WHERE user_id = 1 AND RAND() < 0.5 => refused NOT_DETERMINISTIC
                UPDATE orders SET status = 1 WHERE user_id = 1 ORDER BY RAND() LIMIT 1 => refused NOT_DETERMINISTIC
                UPDATE orders SET status = 1 WHERE user_id = 1 AND id > @x => refused NOT_DETERMINISTIC
                UPDATE orders SET status = 1 WHERE user_id = 1 AND created < SYSDATE(6) => refused NOT_DETERMINISTIC
                UPDATE orders SET status = 1 WHERE user_id = 1 AND id IN (SELECT 1) => refused NOT_DETERMINISTIC
                UPDATE IGNORE orders SET status = 1 WHERE user_id = 1 => refused IGNORE
                UPDATE orders, accounts SET status = 1 WHERE user_id = 1 => refused SEVERAL_TABLES
                UPDATE orders o JOIN accounts a ON o.user_id = a.user_id SET status = 1 => refused SEVERAL_TABLES
                UPDATE other SET a = 1 => refused UNKNOWN_TABLE
                UPDATE _shardshift_fence SET role = 'OWNER' => refused BOOKKEEPING_TABLE
                UPDATE orders SET status = 1 WHERE => refused NOT_UNDERSTOOD
                UPDATE orders SET status = my_function(1) WHERE user_id = 1 => refused FUNCTION
                UPDATE orders SET WHERE user_id = 1 => refused NOT_UNDERSTOOD
                """.lines();
    }

    static Stream<String> deletes() {
        return """
                DELETE FROM orders WHERE user_id = ? AND id = ? => delete (?1) full (?2)
                DELETE QUICK FROM orders WHERE user_id = 1 AND status = 'x' LIMIT 10 => delete (1) limited
                DELETE FROM order_lines WHERE user_id = 1 AND order_id = 2 AND line_no = 3 => delete (1) full (1,2,3)
                DELETE FROM order_lines WHERE (user_id, order_id, line_no) = (1, 2, 3) => delete (1) full (1,2,3)
                DELETE FROM events WHERE tenant = 'a' AND region = 'b' => delete ('a','b')
                DELETE FROM events WHERE tenant = 'a' => delete keyless
                DELETE FROM orders AS o WHERE o.user_id = 1 => delete (1)
                DELETE FROM orders PARTITION (p0) WHERE user_id = 1 => delete (1)
                DELETE FROM orders => delete keyless
                DELETE o FROM orders o WHERE o.user_id = 1 => refused SEVERAL_TABLES
                DELETE FROM orders USING orders JOIN accounts WHERE user_id = 1 => refused SEVERAL_TABLES
                DELETE IGNORE FROM orders WHERE user_id = 1 => refused IGNORE
                DELETE FROM other => refused UNKNOWN_TABLE
                """.lines();
    }
}
