package io.shardshift.cli.rest;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code text/event-stream} as the HTML standard says; {@code retry} is not obeyed. Not thread-safe. */
public final class ServerSentEvents implements Closeable {
    /** One event; {@code id} is that of the last event that had one, {@code name} is {@code message} where none is given. */
    public record Event(@Nullable String id, String name, String data) {}

    private final BufferedReader lines;
    private @Nullable String id;

    public ServerSentEvents(InputStream stream) {
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** The next event; empty when the stream has ended. An event that was cut off is not delivered. */
    public Optional<Event> next() throws IOException {
        String name = "";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (data.length() > 0) {
                    data.setLength(data.length() - 1); // the last line's end is not part of the data
                    return Optional.of(new Event(id, name.isEmpty() ? "message" : name, data.toString()));
                }
                name = "";
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
            switch (field) {
                case "id" -> id = value;
                case "event" -> name = value;
                case "data" -> data.append(value).append('\n');
                default -> {} // a comment, which keeps the connection alive, or a field of a later version
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
