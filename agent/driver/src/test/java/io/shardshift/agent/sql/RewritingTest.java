package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.agent.sql.RowLock.Strength;
import io.shardshift.agent.sql.RowLock.Wait;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Texts made from statements; each is analysed again, so it is one statement of the kind that it should be. */
class RewritingTest {

    private static final RowLock FOR_UPDATE = new RowLock(Strength.UPDATE, Wait.WAIT);

    @Test
    void updateByConditionIsCollectedAndRestricted() {
        Update update = Shop.update(
                "/* trace */ UPDATE /*+ NO_MERGE(o) */ orders o SET status = ?, amount = amount + ?\n"
                        + "WHERE user_id = ? AND status = 'a;?' OR amount > ? -- why\nORDER BY created /* c */ LIMIT ? -- end");
        assertThat(update.candidateColumns()).containsExactly("id", "user_id");
        expect(
                update.selectCandidates(FOR_UPDATE),
                "SELECT /*+ NO_MERGE(o) */ `id`, `user_id` FROM orders o WHERE user_id = ? AND status = 'a;?' OR amount > ?"
                        + " ORDER BY created /* c */ LIMIT ? FOR UPDATE",
                "3 4 5");
        expect(
                update.selectCandidatesAmong(2, new RowLock(Strength.UPDATE, Wait.NOWAIT)),
                "SELECT /*+ NO_MERGE(o) */ `id`, `user_id` FROM orders o WHERE (user_id = ? AND status = 'a;?' OR amount > ?)"
                        + " AND (`id` IN (?, ?)) ORDER BY created /* c */ LIMIT ? FOR UPDATE NOWAIT",
                "3 4 k0.0 k1.0 5");
        expect(
                update.restrictedTo(2),
                "/* trace */ UPDATE /*+ NO_MERGE(o) */ orders o SET status = ?, amount = amount + ?"
                        + " WHERE (user_id = ? AND status = 'a;?' OR amount > ?) AND (`id` IN (?, ?))"
                        + " ORDER BY created /* c */ LIMIT ?",
                "1 2 3 4 k0.0 k1.0 5");
    }

    @Test
    void compositeKeysAreWrittenOut() {
        Delete delete = Shop.delete("DELETE FROM order_lines WHERE user_id = ? LIMIT 3;");
        expect(
                delete.restrictedTo(2),
                "DELETE FROM order_lines WHERE (user_id = ?) AND ((`user_id` = ? AND `order_id` = ? AND `line_no` = ?)"
                        + " OR (`user_id` = ? AND `order_id` = ? AND `line_no` = ?)) LIMIT 3",
                "1 k0.0 k0.1 k0.2 k1.0 k1.1 k1.2");
        expect(
                delete.selectCandidates(RowLock.NONE),
                "SELECT `user_id`, `order_id`, `line_no` FROM order_lines WHERE user_id = ? LIMIT 3",
                "1");
    }

    @Test
    void aStatementWithoutWhereGetsOne() {
        Delete delete = Shop.delete("delete from `notes` order by body limit 1");
        expect(delete.selectCandidates(FOR_UPDATE), "SELECT `id` FROM `notes` order by body limit 1 FOR UPDATE", "");
        expect(delete.restrictedTo(1), "delete from `notes` WHERE (`id` IN (?)) order by body limit 1", "k0.0");
        Update update = Shop.update("UPDATE shop.notes SET body = ?");
        expect(update.restrictedTo(1), "UPDATE shop.notes SET body = ? WHERE (`id` IN (?))", "1 k0.0");
        expect(update.selectCandidates(FOR_UPDATE), "SELECT `id` FROM shop.notes FOR UPDATE", "");
    }

    @Test
    void aRestrictionNeedsAKey() {
        Delete delete = Shop.delete("DELETE FROM notes");
        assertThatThrownBy(() -> delete.restrictedTo(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLineCommentDoesNotSwallowWhatIsAdded() {
        Read read = Shop.read("SELECT * FROM accounts WHERE user_id = ? -- the end");
        expect(read.forShare(), "SELECT * FROM accounts WHERE user_id = ? FOR SHARE", "1");
        assertThatThrownBy(() -> Shop.read("SELECT * FROM accounts FOR UPDATE").forShare())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void insertIsTakenApart() {
        Insert insert =
                Shop.insert("/*a*/ INSERT INTO orders (id, user_id, ref) VALUES (?, 1, 'x,('), (NULL, ?, f(')')) ,"
                                .replace("f(", "LOWER(")
                        + " (0, ?, ?) AS n ON DUPLICATE KEY UPDATE ref = n.ref, amount = amount + ?");
        assertThat(insert.autoIncrement(0)).isEqualTo(Insert.AutoIncrement.BY_PARAMETER);
        assertThat(insert.autoIncrement(1)).isEqualTo(Insert.AutoIncrement.GENERATED);
        assertThat(insert.autoIncrement(2)).isEqualTo(Insert.AutoIncrement.ZERO);
        assertThat(insert.onDuplicate()).extracting(Assignment::column).containsExactly("ref", "amount");
        expect(
                insert.ofRow(1),
                "/*a*/ INSERT INTO orders (id, user_id, ref) VALUES (NULL, ?, LOWER(')')) AS n"
                        + " ON DUPLICATE KEY UPDATE ref = n.ref, amount = amount + ?",
                "2 5");
        expect(
                insert.ofRowCollecting(2, "id = id"),
                "/*a*/ INSERT INTO orders (id, user_id, ref) VALUES (0, ?, ?) AS n"
                        + " ON DUPLICATE KEY UPDATE id = id, ref = n.ref, amount = amount + ?",
                "3 4 5");
        expect(
                insert.collecting("id = IF((@k := 1) IS NULL, id, id)"),
                "/*a*/ INSERT INTO orders (id, user_id, ref) VALUES (?, 1, 'x,('), (NULL, ?, LOWER(')')) , (0, ?, ?) AS n"
                        + " ON DUPLICATE KEY UPDATE id = IF((@k := 1) IS NULL, id, id), ref = n.ref, amount = amount + ?",
                "1 2 3 4 5",
                false);
        assertThat(insert.primaryKey(0)).isPresent();
        assertThat(insert.primaryKey(1)).isEmpty();
    }

    @Test
    void insertFormsHaveOneRowText() {
        expect(
                Shop.insert("INSERT INTO orders SET user_id = ?, ref = 'a' ON DUPLICATE KEY UPDATE ref = ?")
                        .ofRow(0),
                "INSERT INTO orders SET user_id = ?, ref = 'a' ON DUPLICATE KEY UPDATE ref = ?",
                "1 2");
        expect(
                Shop.insert("REPLACE LOW_PRIORITY INTO orders VALUES ROW(1, 2, 3, 4, 5, 6), ROW(?, 2, 3, 4, 5, 6)")
                        .ofRowAsInsert(1),
                "INSERT LOW_PRIORITY INTO orders (`id`, `user_id`, `ref`, `status`, `amount`, `created`)"
                        + " VALUES ROW(?, 2, 3, 4, 5, 6)",
                "1");
        expect(Shop.insert("INSERT INTO notes VALUES ()").ofRow(0), "INSERT INTO notes VALUES ()", "");
    }

    @Test
    void anInsertWithoutColumnsIsSentWithTheirNames() {
        assertThat(Shop.insert("/*a*/ INSERT /*+ X */ INTO notes -- c\n VALUES (?, '?'), (2, ?)")
                        .text())
                .isEqualTo("/*a*/ INSERT /*+ X */ INTO notes (`id`, `body`) VALUES (?, '?'), (2, ?)");
        assertThat(Shop.insert("REPLACE notes PARTITION (p0) VALUES ROW(1, 'a')")
                        .text())
                .isEqualTo("REPLACE notes PARTITION (p0) (`id`, `body`) VALUES ROW(1, 'a')");
        assertThat(Shop.insert("INSERT INTO notes (SELECT id + 1, ? FROM notes)")
                        .text())
                .isEqualTo("INSERT INTO notes (`id`, `body`) (SELECT id + 1, ? FROM notes)");
        for (String asItIs : List.of("INSERT INTO notes SET body = 'a'", "INSERT INTO notes VALUES ()")) {
            assertThat(Shop.insert(asItIs).text()).isEqualTo(asItIs);
        }
        assertThat(((Refused) Shop.analyze("INSERT INTO notes VALUES (1, 'a', 3)")).reason())
                .isEqualTo(Refused.Reason.COLUMN_COUNT);
    }

    @Test
    void replaceFindsTheRowsInItsWay() {
        Insert insert =
                Shop.insert("REPLACE INTO shop.orders (id, user_id, ref) VALUES (?, 5, 'it\\'s'), (NULL, ?, ?)");
        expect(
                insert.selectConflicts(0, FOR_UPDATE, true).orElseThrow(),
                "SELECT `id`, `user_id` FROM `shop`.`orders` WHERE (`id` = ?) OR (`user_id` = 5 AND `ref` = 'it\\'s')"
                        + " FOR UPDATE",
                "1");
        expect(
                insert.selectConflicts(1, FOR_UPDATE, true).orElseThrow(),
                "SELECT `id`, `user_id` FROM `shop`.`orders` WHERE (`user_id` = ? AND `ref` = ?) FOR UPDATE",
                "2 3");
        assertThat(Shop.insert("REPLACE INTO orders (id, user_id, ref) VALUES (1, 5, NOW())")
                        .selectConflicts(0, FOR_UPDATE, true))
                .isEmpty();
        assertThat(Shop.insert("REPLACE INTO orders (id, user_id) VALUES (1, 5)")
                        .selectConflicts(0, FOR_UPDATE, true))
                .as("the default of ref is not known")
                .isEmpty();
        expect(
                Shop.insert("REPLACE INTO orders (user_id, ref) VALUES (5, NULL)")
                        .selectConflicts(0, FOR_UPDATE, true)
                        .orElseThrow(),
                "SELECT `id`, `user_id` FROM `orders` WHERE FALSE FOR UPDATE",
                "");
    }

    @Test
    void insertSelectGivesItsQuery() {
        Read query = Shop.insert("INSERT INTO notes (body) SELECT body FROM notes WHERE id = ?"
                        + " ON DUPLICATE KEY UPDATE body = ?")
                .select()
                .orElseThrow();
        expect(query.query(), "SELECT body FROM notes WHERE id = ?", "1");
        expect(query.queryForShare(), "SELECT body FROM notes WHERE id = ? FOR SHARE", "1");
    }

    private static void expect(Rewritten rewritten, String sql, String parameters) {
        expect(rewritten, sql, parameters, true);
    }

    private static void expect(Rewritten rewritten, String sql, String parameters, boolean parse) {
        assertThat(rewritten.sql()).isEqualTo(sql);
        assertThat(rewritten.parameters().stream().map(RewritingTest::source).collect(Collectors.joining(" ")))
                .isEqualTo(parameters);
        Lexer.Result cut = Lexer.cut(sql);
        assertThat(cut.tokens().stream().filter(token -> token.kind() == Token.Kind.PARAMETER))
                .as("one source for each marker")
                .hasSameSizeAs(rewritten.parameters());
        if (parse) {
            assertThat(Shop.analyze(sql)).isNotInstanceOf(Refused.class);
        }
    }

    private static String source(Rewritten.Source source) {
        if (source instanceof Rewritten.Source.Key key) {
            return "k" + key.key() + "." + key.column();
        }
        return Integer.toString(((Rewritten.Source.Original) source).index());
    }
}
