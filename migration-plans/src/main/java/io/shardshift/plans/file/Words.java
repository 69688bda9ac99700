package io.shardshift.plans.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The words that a file may use, and the one that was meant. */
public final class Words {
    /** A key of a request can be megabytes long, and the distance costs the product of both lengths. */
    private static final int LONGEST = 64;

    /** And with their number: whoever has more names than this is not helped by one of them. */
    private static final int MOST_KNOWN = 1_024;

    private Words() {}

    /** The constants of {@code type} in camel case: {@code TAKE_BACK} is {@code takeBack}. */
    static <E extends Enum<E>> List<String> of(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(Words::of).toList();
    }

    static String of(Enum<?> constant) {
        return camelCase(constant.name());
    }

    static String either(List<String> words) {
        return String.join(" or ", words);
    }

    /** The known word nearest to {@code written}, null where none is near: a third of it at most may differ. */
    public static @Nullable String nearest(String written, Collection<String> known) {
        List<String> nearest = allNearest(written, known);
        return nearest.isEmpty() ? null : nearest.get(0);
    }

    /** The same, but null too where several are equally near: for names of which each means another thing. */
    public static @Nullable String onlyNearest(String written, Collection<String> known) {
        List<String> nearest = allNearest(written, known);
        return nearest.size() == 1 ? nearest.get(0) : null;
    }

    private static List<String> allNearest(String written, Collection<String> known) {
        List<String> nearest = new ArrayList<>();
        if (written.isEmpty() || written.length() > LONGEST || known.size() > MOST_KNOWN) {
            return nearest;
        }
        int least = Math.max(1, written.length() / 3);
        for (String word : known) {
            if (Math.abs(word.length() - written.length()) > least) {
                continue;
            }
            int distance = distance(written.toLowerCase(Locale.ROOT), word.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest.clear();
            }
            if (distance == least) {
                nearest.add(word);
            }
        }
        return nearest;
    }

    /** Levenshtein: the fewest letters to insert, delete or replace; two neighbours in the wrong order count as one. */
    static int distance(String a, String b) {
        int[][] least = new int[a.length() + 1][b.length() + 1];
        for (int row = 0; row <= a.length(); row++) {
            for (int column = 0; column <= b.length(); column++) {
                if (row == 0 || column == 0) {
                    least[row][column] = row + column;
                    continue;
                }
                int replaced = least[row - 1][column - 1] + (a.charAt(row - 1) == b.charAt(column - 1) ? 0 : 1);
                int inserted = Math.min(least[row - 1][column], least[row][column - 1]) + 1;
                least[row][column] = Math.min(replaced, inserted);
                if (row > 1
                        && column > 1
                        && a.charAt(row - 1) == b.charAt(column - 2)
                        && a.charAt(row - 2) == b.charAt(column - 1)) {
                    least[row][column] = Math.min(least[row][column], least[row - 2][column - 2] + 1);
                }
            }
        }
        return least[a.length()][b.length()];
    }

    private static String camelCase(String constant) {
        StringBuilder word = new StringBuilder();
        for (String part : constant.toLowerCase(Locale.ROOT).split("_", -1)) {
            word.append(word.length() == 0 ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return word.toString();
    }
}
