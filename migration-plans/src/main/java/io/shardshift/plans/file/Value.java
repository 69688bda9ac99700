package io.shardshift.plans.file;

import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value of the file with its place. Each getter adds an error for what it cannot read and then answers null, so that a
 * form reads on and finds the next one. One thread.
 */
final class Value {
    /** Longer ones than any number that a field takes; what is longer costs more than linear time to read. */
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,40}");

    /** No end of a line to YAML, one to regular expressions: the reader and the JSON Schema would see other texts. */
    private static final Pattern INVISIBLE_LINE_END = Pattern.compile("[\\x85\\u2028\\u2029]");

    /** A line of a terminal or three; a name with its explanation fits. */
    private static final int SHOWN_CHARACTERS = 240;

    private final Node node;
    private final int line;
    private final String path;
    private final Errors errors;

    Value(Node node, int line, String path, Errors errors) {
        this.node = node;
        this.line = line;
        this.path = path;
        this.errors = errors;
    }

    static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    /** Counted from 1. */
    int line() {
        return line;
    }

    void error(String message, @Nullable String suggestion) {
        errors.add(line, path, message, suggestion);
    }

    void expected(String what) {
        error("expected " + what + ", found " + found(), null);
    }

    /** An error of a field of this mapping that is not there. */
    void missing(String field, String what) {
        errors.add(line, child(field), "expected " + what + ", found nothing: the field is missing", null);
    }

    boolean isNull() {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isMapping() {
        return node instanceof MappingNode;
    }

    /** The known word that was probably meant. */
    @Nullable
    String nearest(String written, Collection<String> known) {
        return errors.suggest() ? Words.nearest(written, known) : null;
    }

    /** A scalar as it is written, null for a list, a mapping or nothing. */
    @Nullable
    String scalar() {
        return node instanceof ScalarNode scalar && !isNull() ? scalar.getValue() : null;
    }

    /** True for exactly this text. */
    boolean isText(String text) {
        return node instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.STR)
                && scalar.getValue().equals(text);
    }

    /** A text; not a number, which a file must quote where a text is meant. */
    @Nullable
    String text(String what) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            return scalar.getValue();
        }
        expected(what);
        return null;
    }

    /** A text or an integer as it is written. */
    @Nullable
    String textOrInteger(String what) {
        if (node instanceof ScalarNode scalar
                && (scalar.getTag().equals(Tag.STR) || scalar.getTag().equals(Tag.INT))) {
            return scalar.getValue();
        }
        expected(what);
        return null;
    }

    /** A name made by {@code name}, whose IllegalArgumentException says what was expected. */
    <T> @Nullable T name(Function<String, T> name) {
        String text = text("a name");
        if (text == null) {
            return null;
        }
        try {
            return name.apply(text);
        } catch (IllegalArgumentException e) {
            error("expected a name: " + abbreviated(String.valueOf(e.getMessage())), null);
            return null;
        }
    }

    @Nullable
    BigInteger integer(BigInteger least, BigInteger most) {
        if (node instanceof ScalarNode scalar
                && scalar.getTag().equals(Tag.INT)
                && INTEGER.matcher(scalar.getValue()).matches()) {
            BigInteger value = new BigInteger(scalar.getValue());
            if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
                return value;
            }
        }
        expected("an integer from " + least + " to " + most);
        return null;
    }

    @Nullable
    Integer integer(int least, int most) {
        BigInteger value = integer(BigInteger.valueOf(least), BigInteger.valueOf(most));
        return value == null ? null : value.intValue();
    }

    @Nullable
    Duration duration(Duration least, Duration most) {
        String what = "a duration from " + Units.text(least) + " to " + Units.text(most) + ", such as 250ms, 2s or 1m";
        if (node instanceof ScalarNode scalar) {
            Duration value = Units.duration(scalar.getValue());
            if (value != null && value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
                return value;
            }
            if (scalar.getTag().equals(Tag.INT)) {
                error(
                        "expected " + what + ", found " + found() + " without a unit",
                        withUnit(scalar.getValue(), least, most));
                return null;
            }
        }
        expected(what);
        return null;
    }

    /** The number in the first unit that makes it fit; null when none does. */
    private static @Nullable String withUnit(String number, Duration least, Duration most) {
        for (String unit : List.of("s", "ms", "m", "h")) {
            Duration value = Units.duration(number + unit);
            if (value != null && value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
                return number + unit;
            }
        }
        return null;
    }

    /** One of the words of {@code type}: its constants in camel case. */
    <E extends Enum<E>> @Nullable E word(Class<E> type) {
        List<String> words = Words.of(type);
        String word = word(words);
        return word == null ? null : type.getEnumConstants()[words.indexOf(word)];
    }

    @Nullable
    String word(List<String> words) {
        if (node instanceof ScalarNode scalar) {
            if (words.contains(scalar.getValue())) {
                return scalar.getValue();
            }
            error("expected " + Words.either(words) + ", found " + found(), nearest(scalar.getValue(), words));
        } else {
            expected(Words.either(words));
        }
        return null;
    }

    /** Elements of a list; empty when this is none and an error was added. */
    List<Value> items(String what) {
        List<Value> items = new ArrayList<>();
        if (node instanceof SequenceNode list) {
            for (Node item : list.getValue()) {
                Value value = new Value(item, line(item), path + "[" + items.size() + "]", errors);
                value.requireVisible(item);
                items.add(value);
            }
        } else {
            expected(what);
        }
        return items;
    }

    /** Entries of a mapping whose keys are free, in their order; null when this is none. */
    @Nullable
    Map<String, Value> entries(String what) {
        if (!(node instanceof MappingNode mapping)) {
            expected(what);
            return null;
        }
        Map<String, Value> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            int keyLine = line(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.NULL)) {
                String found = tuple.getKeyNode() instanceof ScalarNode ? "nothing" : "a list or mapping";
                errors.add(keyLine, path, "expected a name as key, found " + found, null);
                continue;
            }
            Value value = new Value(tuple.getValueNode(), keyLine, child(key.getValue()), errors);
            value.requireVisible(key);
            value.requireVisible(tuple.getValueNode());
            Value first = entries.putIfAbsent(key.getValue(), value);
            if (first != null) {
                value.error(
                        "expected the key once, found it again; first on line " + first.line,
                        "take one of the two out");
            }
        }
        return entries;
    }

    private void requireVisible(Node text) {
        if (text instanceof ScalarNode scalar
                && INVISIBLE_LINE_END.matcher(scalar.getValue()).find()) {
            error("expected no invisible line separator (U+0085, U+2028, U+2029)", "remove it");
        }
    }

    /** Entries of a mapping that has been read before: its errors are told already. */
    Map<String, Value> entriesAgain() {
        Map<String, Value> entries = new Value(node, line, path, new Errors(null)).entries("a mapping");
        Map<String, Value> mine = new LinkedHashMap<>();
        if (entries != null) {
            entries.forEach((key, value) -> mine.put(key, new Value(value.node, value.line, value.path, errors)));
        }
        return mine;
    }

    /** A mapping with the known {@code fields} only; null when this is none. */
    @Nullable
    Fields fields(String what, List<String> fields) {
        Map<String, Value> entries = entries(what);
        if (entries == null) {
            return null;
        }
        entries.forEach((name, value) -> {
            if (!fields.contains(name)) {
                value.error(
                        "expected a known field, found '" + abbreviated(name) + "'; known are "
                                + String.join(", ", fields),
                        nearest(name, fields));
            }
        });
        return new Fields(this, entries);
    }

    /** Slots as {@code 0-511, 600}, as one integer, or as a list of both. */
    @Nullable
    SlotRanges slots() {
        List<Value> parts = isList() ? items("a list") : List.of(this);
        if (parts.size() > SlotMap.MAX_SLOTS) {
            error("expected at most " + SlotMap.MAX_SLOTS + " elements, found " + parts.size(), null);
            return null;
        }
        BitSet slots = new BitSet();
        boolean whole = true;
        for (Value part : parts) {
            BitSet some = part.slotsOfOne();
            if (some == null) {
                whole = false;
            } else if (some.intersects(slots)) {
                some.and(slots);
                part.error("expected each slot once, found slot " + some.nextSetBit(0) + " again", null);
                whole = false;
            } else {
                slots.or(some);
            }
        }
        if (whole && slots.isEmpty()) {
            error("expected slots such as 0-511, 600, found none", null);
        }
        return whole && !slots.isEmpty() ? SlotRanges.of(slots) : null;
    }

    private @Nullable BitSet slotsOfOne() {
        String text = textOrInteger("slots such as 0-511, 600");
        if (text == null) {
            return null;
        }
        try {
            return SlotRanges.parse(text).toBitSet();
        } catch (IllegalArgumentException e) {
            error("expected slots such as 0-511, 600: " + abbreviated(String.valueOf(e.getMessage())), null);
            return null;
        }
    }

    /** What stands here, in words, cut to a bearable length. */
    String found() {
        if (node instanceof ScalarNode scalar) {
            if (scalar.getTag().equals(Tag.STR)) {
                return "'" + abbreviated(scalar.getValue()) + "'";
            }
            return scalar.getValue().isEmpty() ? "nothing" : abbreviated(scalar.getValue());
        }
        return isList() ? "a list" : "a mapping";
    }

    static String abbreviated(String text) {
        StringBuilder shown = new StringBuilder();
        // A control character could rewrite the line on the operator's terminal.
        text.chars()
                .limit(SHOWN_CHARACTERS)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .forEach(c -> shown.append((char) c));
        return shown.length() < SHOWN_CHARACTERS ? shown.toString() : shown + "…";
    }

    private String child(String key) {
        return path.isEmpty() ? abbreviated(key) : path + "." + abbreviated(key);
    }
}
