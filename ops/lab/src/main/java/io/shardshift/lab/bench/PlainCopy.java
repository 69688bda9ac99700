package io.shardshift.lab.bench;

import io.shardshift.lab.process.LabServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What anybody would write: SELECT a chunk, LOAD DATA LOCAL it, on several threads; no locks, no fences, no way back. */
final class PlainCopy {
    private final LabServer source;
    private final LabServer target;
    private final String schema;

    PlainCopy(LabServer source, LabServer target, String schema) {
        this.source = source;
        this.target = target;
        this.schema = schema;
    }

    /** Copies the ids up to the last of {@code ends}, chunk by chunk; answers the seconds that it took. */
    double seconds(List<Long> ends, int threads) throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        return ParallelWork.seconds(threads, () -> {
            try (Connection from = source.connect(schema);
                    Connection to = Accounts.connect(target, schema);
                    PreparedStatement select = from.prepareStatement("SELECT " + Accounts.COLUMNS + " FROM "
                            + Accounts.TABLE + " WHERE id > ? AND id <= ? ORDER BY id")) {
                for (int chunk = next.getAndIncrement(); chunk < ends.size(); chunk = next.getAndIncrement()) {
                    select.setLong(1, chunk == 0 ? Long.MIN_VALUE : ends.get(chunk - 1));
                    select.setLong(2, ends.get(chunk));
                    Accounts.load(to, lines(select));
                }
            }
        });
    }

    private static byte[] lines(PreparedStatement select) throws SQLException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(1 << 20);
        try (ResultSet rows = select.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int column = 1; column <= columns; column++) {
                    for (byte b : rows.getBytes(column)) {
                        if (b == '\\' || b == '\t' || b == '\n') {
                            lines.write('\\');
                        }
                        lines.write(b);
                    }
                    lines.write(column < columns ? '\t' : '\n');
                }
            }
        }
        return lines.toByteArray();
    }
}
