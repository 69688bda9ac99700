package io.shardshift.api.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.ShardFunction.Crc32;
import io.shardshift.api.routing.ShardFunction.Lookup;
import io.shardshift.api.routing.ShardFunction.Modulo;
import io.shardshift.api.routing.ShardFunction.RangeTable;
import io.shardshift.api.routing.ShardFunction.RangeTable.Entry;
import io.shardshift.api.routing.ShardFunction.Unsharded;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardFunctionTest {
    /** CRC32('MySQL') and CRC32('mysql') stand in MySQL's manual; the others are by zlib. */
    @ParameterizedTest
    @CsvSource({"42, 841265288", "-7, 3645828383", "MySQL, 3259397556", "mysql, 2501908538", "'', 0"})
    void crc32IsThatOfMysql(String text, long crc) {
        assertThat(new Crc32(1024).slot(key(text))).isEqualTo((int) (crc % 1024));
        assertThat(new Crc32(65_536).slot(key(text))).isEqualTo((int) (crc % 65_536));
    }

    @Test
    void severalColumnsAreJoinedByCommasInTheirOrder() {
        Crc32 function = new Crc32(65_536);
        assertThat(function.slot(key("a", "b"))).isEqualTo(function.slot(key("a,b")));
        assertThat(function.slot(key("a", "b"))).isNotEqualTo(function.slot(key("b", "a")));
        assertThat(function.slot(key("", ""))).isEqualTo(function.slot(key(",")));
        assertThat(function.sql(List.of("x", "y"))).isEqualTo("(CRC32(CONCAT_WS(',', x, y)) % 65536)");
        assertThat(function.sql(List.of("x"))).isEqualTo("(CRC32(x) % 65536)");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1023, 1023",
        "1024, 0",
        "-1, 1023",
        "-1024, 0",
        "-1025, 1023",
        "9223372036854775807, 1023",
        "-9223372036854775808, 0",
        "18446744073709551615, 1023",
        "'', -1",
        "abc, -1",
        "1.5, -1",
        "' 1', -1"
    })
    void moduloIsNeverNegativeAndTakesUnsignedBigints(String value, int slot) {
        assertThat(new Modulo(1024).slot(key(value))).isEqualTo(slot);
    }

    @Test
    void theSqlOfModuloTakesAnUnsignedBigintAndFoldsNegativeRests() {
        // DECIMAL(20, 0) holds every BIGINT, signed and unsigned; SIGNED would wrap the upper half of the unsigned.
        assertThat(new Modulo(8).sql(List.of("k"))).isEqualTo("MOD(MOD(CAST(k AS DECIMAL(20, 0)), 8) + 8, 8)");
    }

    @Test
    void aRangeHoldsBothItsEnds() {
        RangeTable function =
                new RangeTable("id", List.of(entry("-5", "9", 3), entry("10", "18446744073709551615", 4)));
        assertThat(function.slot(key("-6"))).isEqualTo(ShardFunction.NO_SLOT);
        assertThat(function.slot(key("-5"))).isEqualTo(3);
        assertThat(function.slot(key("9"))).isEqualTo(3);
        assertThat(function.slot(key("10"))).isEqualTo(4);
        assertThat(function.slot(key("18446744073709551615"))).isEqualTo(4);
        assertThat(function.slot(key("x"))).isEqualTo(ShardFunction.NO_SLOT);
        assertThat(function.sql(List.of("k")))
                .isEqualTo("(CASE WHEN CAST(k AS DECIMAL(20, 0)) BETWEEN -5 AND 9 THEN 3"
                        + " WHEN CAST(k AS DECIMAL(20, 0)) BETWEEN 10 AND 18446744073709551615 THEN 4 END)");
        assertThat(new RangeTable("id", List.of()).sql(List.of("k"))).isEqualTo("NULL");
    }

    @Test
    void aLookupTakesListedKeysByTheirBytesAndAllOthersByCrc32() {
        Lookup function = new Lookup(64, new TreeMap<>(Map.of("acme", 7, "a,b", 8, "\uFFFD", 9)));
        assertThat(function.slot(key("acme"))).isEqualTo(7);
        assertThat(function.slot(key("a", "b"))).isEqualTo(8);
        assertThat(function.slot(key("Acme"))).isEqualTo(new Crc32(64).slot(key("Acme")));
        assertThat(function.slot(key("\uFFFD"))).isEqualTo(9);
        List<byte[]> notUtf8 = List.of(new byte[] {(byte) 0xff});
        assertThat(function.slot(notUtf8)).isEqualTo(new Crc32(64).slot(notUtf8));
        assertThat(new Lookup(64, new TreeMap<>(Map.of("acme", 7))).sql(List.of("k")))
                .isEqualTo("(CASE CAST(k AS BINARY) WHEN x'61636d65' THEN 7 ELSE (CRC32(k) % 64) END)");
        assertThat(new Lookup(64, new TreeMap<>()).sql(List.of("k"))).isEqualTo("(CRC32(k) % 64)");
    }

    @Test
    void everyRowOfAnUnshardedDatabaseHasSlotZero() {
        assertThat(new Unsharded().slot(List.of())).isZero();
        assertThat(new Unsharded().sql(List.of())).isEqualTo("0");
    }

    @Property(seed = "1")
    void everySlotIsWithinTheKeyspace(
            @ForAll String text, @ForAll long number, @ForAll @IntRange(min = 1, max = 65_536) int slots) {
        assertThat(new Crc32(slots).slot(key(text))).isBetween(0, slots - 1);
        assertThat(new Modulo(slots).slot(key(Long.toString(number)))).isEqualTo((int) Math.floorMod(number, slots));
        assertThat(new Modulo(slots).slot(key(Long.toUnsignedString(number))))
                .isEqualTo((int) Long.remainderUnsigned(number, slots));
    }

    private static Entry entry(String low, String high, int slot) {
        return new Entry(new BigInteger(low), new BigInteger(high), slot);
    }

    private static List<byte[]> key(String... columns) {
        return Arrays.stream(columns)
                .map(column -> column.getBytes(StandardCharsets.UTF_8))
                .toList();
    }
}
