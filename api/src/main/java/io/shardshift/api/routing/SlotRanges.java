package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of slots as sorted, disjoint, inclusive ranges that do not touch, so that equal sets are equal records.
 * Written as in a slot map: {@code 0-511, 600}.
 */
public record SlotRanges(List<Range> ranges) {
    /** Slots {@code first} to {@code last}, both included. */
    public record Range(int first, int last) {
        public Range {
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("a slot range goes up from 0, found " + first + "-" + last);
            }
            // Sets of slots are bit sets: a hostile or mistyped last slot must not cost a quarter of a gigabyte.
            if (last >= SlotMap.MAX_SLOTS) {
                throw new IllegalArgumentException(
                        "the last slot of the largest keyspace is " + (SlotMap.MAX_SLOTS - 1) + ", found " + last);
            }
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /** Nine digits are more than any slot has, and fit an int. */
    private static final Pattern RANGE =
            Pattern.compile("\\s*([0-9]{1,9})\\s*(?:-\\s*([0-9]{1,9})\\s*)?"); // the JSON Schema's pattern of one part

    public static final SlotRanges NONE = new SlotRanges(List.of());

    public SlotRanges {
        ranges = List.copyOf(ranges);
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).first() <= ranges.get(i - 1).last() + 1) {
                throw new IllegalArgumentException("ranges overlap, touch or are out of order: " + ranges);
            }
        }
    }

    /** The set of {@code slots}. */
    public static SlotRanges of(BitSet slots) {
        List<Range> ranges = new ArrayList<>();
        for (int first = slots.nextSetBit(0); first >= 0; ) {
            int end = slots.nextClearBit(first);
            ranges.add(new Range(first, end - 1));
            first = slots.nextSetBit(end);
        }
        return new SlotRanges(ranges);
    }

    public static SlotRanges of(int first, int last) {
        return new SlotRanges(List.of(new Range(first, last)));
    }

    /** Reads {@code 0-511, 600}; throws IllegalArgumentException that says what was found, also for a slot named twice. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static SlotRanges parse(String text) {
        BitSet slots = new BitSet();
        if (text.isBlank()) {
            return NONE;
        }
        for (String part : text.split(",", -1)) {
            Range range = parseRange(part);
            int taken = slots.nextSetBit(range.first());
            if (taken >= 0 && taken <= range.last()) {
                throw new IllegalArgumentException("slot " + taken + " is named twice in '" + text + "'");
            }
            slots.set(range.first(), range.last() + 1);
        }
        return of(slots);
    }

    private static Range parseRange(String part) {
        Matcher matcher = RANGE.matcher(part);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a slot or a range such as 0-511, found '" + part + "'");
        }
        int first = Integer.parseInt(matcher.group(1));
        return new Range(first, matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2)));
    }

    public BitSet toBitSet() {
        BitSet slots = new BitSet();
        ranges.forEach(range -> slots.set(range.first(), range.last() + 1));
        return slots;
    }

    public boolean contains(int slot) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = ranges.get(middle);
            if (slot < range.first()) {
                high = middle - 1;
            } else if (slot > range.last()) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    /** Number of slots. */
    public int size() {
        return ranges.stream()
                .mapToInt(range -> range.last() - range.first() + 1)
                .sum();
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    @JsonValue
    @Override
    public String toString() {
        return ranges.stream().map(Range::toString).collect(Collectors.joining(", "));
    }
}
