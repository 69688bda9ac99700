package io.shardshift.controller.check;

import io.shardshift.api.problem.ProblemException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was seen earlier in one migration, for checks that compare: a text by name. Names are made of letters, digits, dots
 * and dashes, texts stay below 100 kB. The coordinator keeps it with the migration, so that a new leader compares with what
 * the last one saw.
 */
public interface Remembered {
    /** The text of that name, empty when there is none yet. */
    Optional<String> get(String name) throws ProblemException;

    /** Keeps {@code text} in the place of an earlier one. */
    void put(String name, String text) throws ProblemException;

    /** For a dry run, and tests: gone with the object. Thread-safe. */
    static Remembered inMemory() {
        Map<String, String> texts = new ConcurrentHashMap<>();
        return new Remembered() {
            @Override
            public Optional<String> get(String name) {
                return Optional.ofNullable(texts.get(name));
            }

            @Override
            public void put(String name, String text) {
                texts.put(name, text);
            }
        };
    }
}
