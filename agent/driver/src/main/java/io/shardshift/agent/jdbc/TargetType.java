package io.shardshift.agent.jdbc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLType;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** {@code setObject} with a target type: Connector/J may send another value than it was given, which then tells no slot. */
final class TargetType {
    /** Of no class that names a key. */
    private static final Object UNCERTAIN = new Object();

    private TargetType() {}

    /** The value that a setter's arguments (index, value, and perhaps a target type) give to routing. */
    static @Nullable Object routed(String setter, Object[] arguments) {
        Object value = arguments[1];
        if (value == null || arguments.length < 3 || !setter.equals("setObject")) {
            return value;
        }
        if (arguments.length > 3) {
            return UNCERTAIN; // a scale rounds, a length cuts
        }
        Object target = arguments[2] instanceof SQLType type ? type.getVendorTypeNumber() : arguments[2];
        return target instanceof Integer type && isSentAsItIs(value, type) ? value : UNCERTAIN;
    }

    private static boolean isSentAsItIs(Object value, int type) {
        boolean text = switch (type) {
            case Types.CHAR, Types.VARCHAR, Types.LONGVARCHAR, Types.NCHAR, Types.NVARCHAR, Types.LONGNVARCHAR -> true;
            default -> false;
        };
        if (value instanceof String) {
            return text;
        }
        if (value instanceof byte[]) {
            return type == Types.BINARY || type == Types.VARBINARY || type == Types.LONGVARBINARY;
        }
        if (value instanceof BigDecimal) {
            return type == Types.DECIMAL || type == Types.NUMERIC;
        }
        if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger) {
            int bits = new BigInteger(value.toString()).bitLength();
            return switch (type) {
                case Types.BIGINT -> bits < Long.SIZE;
                case Types.INTEGER -> bits < Integer.SIZE;
                case Types.SMALLINT -> bits < Short.SIZE;
                case Types.TINYINT -> bits < Byte.SIZE;
                case Types.DECIMAL, Types.NUMERIC -> true;
                default -> text;
            };
        }
        return false;
    }
}
