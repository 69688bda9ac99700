package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.sql.SQLException;

/** A value given as a stream, read when it is set: a statement may run again, and a stream can be read only once. */
final class StreamedValue {
    private StreamedValue() {}

    static boolean isStream(Object value) {
        return value instanceof InputStream || value instanceof Reader;
    }

    /** {@code arguments}: index, stream, and for some setters the length. */
    static Parameter read(Object[] arguments) throws SQLException {
        long length = arguments.length > 2 && arguments[2] instanceof Number number ? number.longValue() : -1;
        try {
            if (arguments[1] instanceof InputStream bytes) {
                byte[] value = length < 0 ? bytes.readAllBytes() : bytes.readNBytes(Math.toIntExact(length));
                return new Parameter(value, (statement, index) -> statement.setBytes(index, value));
            }
            String value = text((Reader) arguments[1], length);
            return new Parameter(value, (statement, index) -> statement.setString(index, value));
        } catch (IOException | ArithmeticException e) {
            throw new SQLException("the stream of parameter " + arguments[0] + " cannot be read", "HY000", e);
        }
    }

    private static String text(Reader reader, long length) throws IOException {
        StringWriter text = new StringWriter();
        char[] buffer = new char[8192];
        long left = length < 0 ? Long.MAX_VALUE : length;
        int read = reader.read(buffer, 0, (int) Math.min(buffer.length, left));
        while (left > 0 && read >= 0) {
            text.write(buffer, 0, read);
            left -= read;
            read = left == 0 ? -1 : reader.read(buffer, 0, (int) Math.min(buffer.length, left));
        }
        return text.toString();
    }
}
