package io.shardshift.agent.sql;

import java.util.List;
import java.util.stream.Collectors;

/** An analysis in one line, for tables of expectations. */
final class Described implements Analysis.Visitor<String> {

    static String describe(Analysis analysis) {
        return analysis.accept(new Described());
    }

    @Override
    public String transactionControl(TransactionControl control) {
        return control.kind() + control.name().map(name -> " " + name).orElse("");
    }

    @Override
    public String sessionStatement(SessionStatement statement) {
        return "session " + statement.target();
    }

    @Override
    public String ddl(Ddl ddl) {
        return "ddl " + ddl.verb() + " "
                + ddl.tables().stream().map(Described::table).collect(Collectors.joining(","));
    }

    @Override
    public String refused(Refused refused) {
        return "refused " + refused.reason();
    }

    @Override
    public String read(Read read) {
        return "read " + keys(read.shardKey())
                + read.pointRead().map(key -> " point " + values(key.values())).orElse("")
                + (read.lock().locks() ? " " + read.lock().clause() : "");
    }

    @Override
    public String insert(Insert insert) {
        return (insert.isReplace() ? "replace " : "insert ")
                + keys(insert.shardKey())
                + (insert.select().isPresent() ? " select" : "")
                + (insert.hasOnDuplicate() ? " on duplicate" : "");
    }

    @Override
    public String update(Update update) {
        return "update " + change(update)
                + (update.changesShardKey() ? " changes shard key" : "")
                + (update.changesPrimaryKey() ? " changes primary key" : "");
    }

    @Override
    public String delete(Delete delete) {
        return "delete " + change(delete);
    }

    private static String change(RowChange change) {
        return keys(change.shardKey())
                + change.fullKey().map(key -> " full " + values(key.values())).orElse("")
                + (change.hasOrderOrLimit() ? " limited" : "");
    }

    private static String table(TableRef table) {
        return table.schema().map(schema -> schema + ".").orElse("")
                + table.name()
                + (table.info().isPresent() ? "" : "?");
    }

    static String keys(ShardKeyCondition condition) {
        return condition instanceof ShardKeyCondition.Values values
                ? values.alternatives().stream().map(Described::values).collect(Collectors.joining("|"))
                : "keyless";
    }

    static String values(List<ValueSource> values) {
        return values.stream().map(Described::value).collect(Collectors.joining(",", "(", ")"));
    }

    static String value(ValueSource value) {
        if (value instanceof ValueSource.Parameter parameter) {
            return "?" + parameter.index();
        }
        if (value instanceof ValueSource.Text text) {
            return "'" + text.value() + "'";
        }
        if (value instanceof ValueSource.Numeric number) {
            return number.value().toPlainString();
        }
        if (value instanceof ValueSource.Bytes bytes) {
            return "x" + bytes.hex();
        }
        return value.getClass().getSimpleName();
    }
}
