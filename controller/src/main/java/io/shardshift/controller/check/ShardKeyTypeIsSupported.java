package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.ShardFunction;
import java.util.Locale;
import java.util.Set;

/** Fails for a shard key whose slot is not one and the same for a value in a statement and for the value stored of it. */
final class ShardKeyTypeIsSupported extends ColumnCheck {
    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    /** Without ENUM and SET: a member's number, or members in another order, are stored as another text. */
    private static final Set<String> TEXTS = Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");

    private static final Set<String> BYTES =
            Set.of("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob");

    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (!context.isShardKey(column.table(), column.name())) {
            return;
        }
        ShardFunction function = context.keyspace().shardFunction();
        boolean integers = function instanceof ShardFunction.Modulo || function instanceof ShardFunction.RangeTable;
        boolean fits = INTEGERS.contains(column.type()) || (!integers && isOneText(column));
        if (!fits) {
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED,
                                    "{} of {} is {} and the shard key under {}, expected {}",
                                    column,
                                    source,
                                    column.fullType(),
                                    function.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                                    integers ? "an integer" : "an integer, a DECIMAL without scale, text or bytes")
                            .because("{}", why(column))
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} BIGINT NOT NULL; -- or another column as shard key",
                                    column.quotedTable(),
                                    column.quoted()));
        }
    }

    /** Statement and row show the value as the same text: 1 is stored as 1.00 in a DECIMAL(5,2), and 5 as 2005 in a YEAR. */
    private static boolean isOneText(ColumnInfo column) {
        return (column.type().equals("decimal") && column.scale() == 0)
                || TEXTS.contains(column.type())
                || BYTES.contains(column.type());
    }

    private static String why(ColumnInfo column) {
        return switch (column.type()) {
            case "decimal" -> "1 is stored as 1.0, which has another slot, and integer functions would round it";
            case "year" -> "5 is stored as 2005, which has another slot";
            case "enum", "set" -> "a value may be written by its number, which has another slot";
            case "date", "time", "datetime", "timestamp" -> "one moment can be written as many texts";
            default -> "its values have no text of their own";
        };
    }
}
