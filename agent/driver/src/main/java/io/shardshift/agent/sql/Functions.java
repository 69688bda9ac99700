package io.shardshift.agent.sql;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is known of MySQL's functions. Names in lower case. */
final class Functions {

    /** They lock by a name on one server, wait there, or read its files: none of it survives a change of the shard. */
    static final Set<String> REFUSED = words("get_lock release_lock release_all_locks is_free_lock is_used_lock"
            + " load_file master_pos_wait source_pos_wait wait_for_executed_gtid_set"
            + " wait_until_sql_thread_after_gtids asynchronous_connection_failover_add_source");

    /**
     * Two statements of one transaction see different values, and one is not as good as the other. {@code NOW()} and its
     * kin are not among them, see {@link ChangeAnalysis}.
     */
    static final Set<String> NOT_DETERMINISTIC = words("rand uuid uuid_short sysdate sleep benchmark random_bytes"
            + " connection_id found_rows row_count last_insert_id");

    /** They answer from what this connection did before. */
    static final Set<String> ABOUT_LAST_STATEMENT = words("last_insert_id found_rows row_count");

    /** They make a row where no row was found. */
    static final Set<String> AGGREGATES = words("count sum avg min max group_concat bit_and bit_or bit_xor std stddev"
            + " stddev_pop stddev_samp var_pop var_samp variance json_arrayagg json_objectagg any_value grouping"
            + " st_collect");

    private static final Set<String> OTHERS = words(
            // numbers
            "abs acos asin atan atan2 ceil ceiling conv cos cot crc32 degrees exp floor format hex ln log log10 log2 mod"
                    + " oct ord pi pow power radians round sign sin sqrt tan truncate bit_count greatest least"
                    + " interval",
            // texts
            "ascii bin bit_length char char_length character_length concat concat_ws elt export_set field find_in_set"
                    + " from_base64 insert instr lcase left length locate lower lpad ltrim make_set mid"
                    + " octet_length position quote repeat replace reverse right rpad rtrim soundex space strcmp"
                    + " substr substring substring_index to_base64 trim ucase unhex upper weight_string"
                    + " regexp_instr regexp_like regexp_replace regexp_substr match against",
            // times
            "adddate addtime convert_tz curdate current_date current_time current_timestamp curtime date date_add"
                    + " date_format date_sub datediff day dayname dayofmonth dayofweek dayofyear extract from_days"
                    + " from_unixtime get_format hour last_day localtime localtimestamp makedate maketime microsecond"
                    + " minute month monthname now period_add period_diff quarter sec_to_time second str_to_date"
                    + " subdate subtime time time_format time_to_sec timediff timestamp timestampadd timestampdiff"
                    + " to_days to_seconds unix_timestamp utc_date utc_time utc_timestamp week weekday weekofyear"
                    + " year yearweek",
            // choices, casts, rows
            "case cast coalesce convert if ifnull isnull nullif binary row default values charset coercibility"
                    + " collation name_const",
            // hashes, compression, addresses, identifiers
            "aes_decrypt aes_encrypt compress md5 sha sha1 sha2 uncompress uncompressed_length statement_digest"
                    + " statement_digest_text validate_password_strength inet_aton inet_ntoa inet6_aton inet6_ntoa"
                    + " is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6 is_uuid bin_to_uuid uuid_to_bin",
            // JSON
            "json_array json_array_append json_array_insert json_contains json_contains_path json_depth json_extract"
                    + " json_insert json_keys json_length json_merge json_merge_patch json_merge_preserve json_object"
                    + " json_overlaps json_pretty json_quote json_remove json_replace json_schema_valid"
                    + " json_schema_validation_report json_search json_set json_storage_free json_storage_size"
                    + " json_table json_type json_unquote json_valid json_value",
            // the session and the server
            "current_role current_user database schema session_user system_user user version icu_version"
                    + " roles_graphml format_bytes format_pico_time ps_current_thread_id ps_thread_id"
                    + " gtid_subset gtid_subtract",
            // windows
            "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
            // geometry
            "geomcollection geometrycollection linestring mbrcontains mbrcoveredby mbrcovers mbrdisjoint mbrequals"
                    + " mbrintersects mbroverlaps mbrtouches mbrwithin multilinestring multipoint multipolygon point"
                    + " polygon",
            // vectors
            "distance string_to_vector vector_dim vector_to_string");

    private Functions() {}

    /** Whether MySQL brings a function of that name along; any other may be a stored function, which may write. */
    static boolean isBuiltIn(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return OTHERS.contains(lower)
                || AGGREGATES.contains(lower)
                || NOT_DETERMINISTIC.contains(lower)
                || lower.startsWith("st_");
    }

    /** Whether the token at {@code i} is called as one of these functions. */
    static boolean isCallOf(TokenText text, int i, Set<String> names) {
        return text.token(i).kind() == Token.Kind.WORD
                && text.isSymbol(i + 1, "(")
                && names.contains(text.token(i).value().toLowerCase(Locale.ROOT));
    }

    /** The words of the lines, which are parted by single spaces. */
    static Set<String> words(String... lines) {
        return Stream.of(lines).flatMap(line -> Stream.of(line.split(" "))).collect(Collectors.toUnmodifiableSet());
    }
}
