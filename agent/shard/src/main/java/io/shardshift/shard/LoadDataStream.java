package io.shardshift.shard;

import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as LOAD DATA reads them: fields by tab, lines by newline, backslash escapes, {@code \N} for NULL. One row in memory at a time. */
final class LoadDataStream extends InputStream {
    private final Iterator<Row> rows;
    private byte[] buffer = new byte[1024];
    private int position;
    private int limit;

    LoadDataStream(List<Row> rows) {
        this.rows = rows.iterator();
    }

    @Override
    public int read() {
        return ensure() ? buffer[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (!ensure()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    private boolean ensure() {
        if (position < limit) {
            return true;
        }
        if (!rows.hasNext()) {
            return false;
        }
        position = 0;
        limit = 0;
        // several rows at a time: the driver makes a packet of each read
        while (rows.hasNext() && limit < 32_768) {
            append(rows.next());
        }
        return true;
    }

    private void append(Row row) {
        for (int i = 0; i < row.columns(); i++) {
            if (i > 0) {
                put('\t');
            }
            field(row.value(i));
        }
        put('\n');
    }

    private void field(byte @Nullable [] value) {
        if (value == null) {
            put('\\');
            put('N');
            return;
        }
        for (byte b : value) {
            switch (b) {
                case '\\', '\t', '\n' -> {
                    put('\\');
                    put(b == '\t' ? 't' : b == '\n' ? 'n' : '\\');
                }
                case 0 -> {
                    put('\\');
                    put('0');
                }
                default -> put(b);
            }
        }
    }

    private void put(int b) {
        if (limit == buffer.length) {
            buffer = java.util.Arrays.copyOf(buffer, buffer.length * 2);
        }
        buffer[limit++] = (byte) b;
    }
}
