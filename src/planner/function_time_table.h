/* function_time_table.h - times, days, zones and intervals; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("now", "() -> timestamp with time zone", SCALAR, "timezone('UTC', now())",
    "the moment when the query began", "now() = current_timestamp", "true")
FUNCTION("current_timezone", "() -> varchar", SCALAR, "'UTC'",
    "the session's zone, which is UTC", "current_timezone()", "UTC")
FUNCTION("date", "(varchar) -> date", SCALAR, "CAST($1 AS DATE)",
    "the day that a text names", "date('2024-03-05')", "2024-03-05")
FUNCTION("date", "(timestamp) -> date", SCALAR, "CAST($1 AS DATE)",
    "the day of a time", "date(TIMESTAMP '2024-03-05 06:07:08.123')", "2024-03-05")
FUNCTION("date", "(timestamp with time zone) -> date", SCALAR, "CAST($l1 AS DATE)",
    "the day that the zone's calendar shows", "date(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "2024-03-06")
FUNCTION("from_iso8601_timestamp", "(varchar) -> timestamp with time zone", SCALAR, "@iso_timestamp",
    "the moment that an ISO 8601 text names; over eventtime it chooses files", "from_iso8601_timestamp('2024-03-05T06:07:08Z')", "2024-03-05 06:07:08.000 UTC")
FUNCTION("from_iso8601_timestamp_nanos", "(varchar) -> timestamp with time zone", SCALAR, "@iso_timestamp",
    "the same, to milliseconds", "from_iso8601_timestamp_nanos('2024-03-05T06:07:08.5+09:00')", "2024-03-05 06:07:08.500 +09:00")
FUNCTION("from_iso8601_date", "(varchar) -> date", SCALAR, "athena_iso_day($1)",
    "the day that an ISO 8601 text names, by month, week or number", "from_iso8601_date('2024-W10-2')", "2024-03-05")
FUNCTION("to_iso8601", "(date) -> varchar", SCALAR, "strftime($1, '%Y-%m-%d')",
    "a day as ISO 8601", "to_iso8601(DATE '2024-03-05')", "2024-03-05")
FUNCTION("to_iso8601", "(timestamp) -> varchar", SCALAR, "@to_iso",
    "a time as ISO 8601", "to_iso8601(TIMESTAMP '2024-03-05 06:07:08.123')", "2024-03-05T06:07:08.123")
FUNCTION("to_iso8601", "(timestamp with time zone) -> varchar", SCALAR, "@to_iso",
    "a moment as ISO 8601, with its offset or Z", "to_iso8601(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "2024-03-06T05:07:08.123+09:00")
FUNCTION("date_parse", "(varchar, varchar) -> timestamp", SCALAR, "@date_parse",
    "a text read by a pattern of MySQL's letters", "date_parse('2024-03-05 06:07', '%Y-%m-%d %H:%i')", "2024-03-05 06:07:00")
FUNCTION("date_format", "(timestamp, varchar) -> varchar", SCALAR, "@date_format",
    "a time written by a pattern of MySQL's letters", "date_format(TIMESTAMP '2024-03-05 06:07:08.123', '%W %e %M %Y, %h:%i %p')", "Tuesday 5 March 2024, 06:07 AM")
FUNCTION("date_format", "(timestamp with time zone, varchar) -> varchar", SCALAR, "@date_format",
    "what the zone's clock shows, by a pattern of MySQL's letters", "date_format(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul', '%Y-%m-%d %T')", "2024-03-06 05:07:08")
FUNCTION("parse_datetime", "(varchar, varchar) -> timestamp with time zone", SCALAR, "@parse_datetime",
    "a text read by a pattern of Joda's letters; shown in UTC", "parse_datetime('2024-03-05 06:07 +0900', 'yyyy-MM-dd HH:mm Z')", "2024-03-04 21:07:00.000 UTC")
FUNCTION("format_datetime", "(timestamp, varchar) -> varchar", SCALAR, "@format_datetime",
    "a time written by a pattern of Joda's letters", "format_datetime(TIMESTAMP '2024-03-05 06:07:08.123', 'EEE d MMM yyyy HH:mm:ss.SSS')", "Tue 5 Mar 2024 06:07:08.123")
FUNCTION("format_datetime", "(timestamp with time zone, varchar) -> varchar", SCALAR, "@format_datetime",
    "what the zone's clock shows, by a pattern of Joda's letters", "format_datetime(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul', 'yyyy-MM-dd''T''HH ZZ')", "2024-03-06T05 +09:00")
FUNCTION("from_unixtime", "(double) -> timestamp with time zone", SCALAR, "make_timestamp(CAST(round(CAST($1 AS DOUBLE) * 1000) AS BIGINT) * 1000)",
    "the moment so many seconds after 1970 began", "from_unixtime(1709618828.5)", "2024-03-05 06:07:08.500 UTC")
FUNCTION("from_unixtime", "(double, varchar) -> timestamp with time zone", SCALAR, "make_timestamp(CAST(round(CAST($1 AS DOUBLE) * 1000) AS BIGINT) * 1000)",
    "the same, shown in a zone", "from_unixtime(1709618828, 'Asia/Seoul')", "2024-03-05 15:07:08.000 Asia/Seoul")
FUNCTION("from_unixtime", "(double, bigint, bigint) -> timestamp with time zone", SCALAR, "make_timestamp(CAST(round(CAST($1 AS DOUBLE) * 1000) AS BIGINT) * 1000)",
    "the same, shown so many hours and minutes east of UTC", "from_unixtime(1709618828, 5, 30)", "2024-03-05 11:37:08.000 +05:30")
FUNCTION("from_unixtime_nanos", "(bigint) -> timestamp with time zone", SCALAR, "make_timestamp(CAST(floor($1 / 1000) AS BIGINT))",
    "the moment so many nanoseconds after 1970 began", "from_unixtime_nanos(1709618828500000000)", "2024-03-05 06:07:08.500 UTC")
FUNCTION("to_unixtime", "(timestamp) -> double", SCALAR, "epoch($1)",
    "seconds since 1970 began", "to_unixtime(TIMESTAMP '2024-03-05 06:07:08.123')", "1.709618828123E9")
FUNCTION("to_unixtime", "(timestamp with time zone) -> double", SCALAR, "epoch($1)",
    "seconds since 1970 began, of a moment", "to_unixtime(TIMESTAMP '1970-01-01 09:00:01.5 Asia/Seoul')", "1.5")
FUNCTION("date_trunc", "(varchar, date) -> date", SCALAR, "@date_trunc",
    "the first day of a unit", "date_trunc('quarter', DATE '2024-03-05')", "2024-01-01")
FUNCTION("date_trunc", "(varchar, time) -> time", SCALAR, "@date_trunc",
    "a time of the day cut to a unit", "date_trunc('minute', TIME '06:07:08')", "06:07:00.000")
FUNCTION("date_trunc", "(varchar, timestamp) -> timestamp", SCALAR, "@date_trunc",
    "a time cut to a unit", "date_trunc('hour', TIMESTAMP '2024-03-05 06:07:08.123')", "2024-03-05 06:00:00")
FUNCTION("date_trunc", "(varchar, timestamp with time zone) -> timestamp with time zone", SCALAR, "@date_trunc",
    "a moment cut to a unit of its zone's clock", "date_trunc('day', TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "2024-03-06 00:00:00.000 Asia/Seoul")
FUNCTION("date_add", "(varchar, bigint, date) -> date", SCALAR, "@date_add",
    "a day so many units later", "date_add('month', 1, DATE '2024-01-31')", "2024-02-29")
FUNCTION("date_add", "(varchar, bigint, time) -> time", SCALAR, "@date_add",
    "a time of the day so many units later", "date_add('hour', 20, TIME '06:07:08')", "02:07:08.000")
FUNCTION("date_add", "(varchar, bigint, timestamp) -> timestamp", SCALAR, "@date_add",
    "a time so many units later", "date_add('minute', -8, TIMESTAMP '2024-03-05 06:07:00')", "2024-03-05 05:59:00")
FUNCTION("date_add", "(varchar, bigint, timestamp with time zone) -> timestamp with time zone", SCALAR, "@date_add",
    "a moment so many units later, days by its zone's clock", "date_add('day', 1, TIMESTAMP '2024-03-09 12:00:00 America/New_York')", "2024-03-10 12:00:00.000 America/New_York")
FUNCTION("date_diff", "(varchar, date, date) -> bigint", SCALAR, "@date_diff",
    "whole units from one day to another", "date_diff('month', DATE '2024-01-31', DATE '2024-03-30')", "1")
FUNCTION("date_diff", "(varchar, time, time) -> bigint", SCALAR, "@date_diff",
    "whole units from one time of the day to another", "date_diff('hour', TIME '06:30:00', TIME '08:29:59')", "1")
FUNCTION("date_diff", "(varchar, timestamp, timestamp) -> bigint", SCALAR, "@date_diff",
    "whole units that have passed", "date_diff('day', TIMESTAMP '2024-03-05 23:00:00', TIMESTAMP '2024-03-06 22:00:00')", "0")
FUNCTION("date_diff", "(varchar, timestamp with time zone, timestamp with time zone) -> bigint", SCALAR, "@date_diff",
    "whole units that have passed, days by the first one's zone", "date_diff('hour', TIMESTAMP '2024-03-05 00:00:00 UTC', TIMESTAMP '2024-03-05 12:00:00 +09:00')", "3")
FUNCTION("at_timezone", "(timestamp with time zone, varchar) -> timestamp with time zone", SCALAR, "$1",
    "the same moment, shown in a zone", "at_timezone(TIMESTAMP '2024-03-05 06:07:08 UTC', '+05:30')", "2024-03-05 11:37:08.000 +05:30")
FUNCTION("with_timezone", "(timestamp, varchar) -> timestamp with time zone", SCALAR, "@with_timezone",
    "the moment when a zone's clock shows a time", "with_timezone(TIMESTAMP '2024-03-05 06:07:08', 'Asia/Seoul')", "2024-03-05 06:07:08.000 Asia/Seoul")
FUNCTION("timezone", "(timestamp with time zone) -> varchar", SCALAR, "CASE WHEN $1 IS NOT NULL THEN $z1 END",
    "the zone of a moment", "timezone(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "Asia/Seoul")
FUNCTION("timezone_hour", "(timestamp with time zone) -> bigint", SCALAR, "date_sub('hour', $1, $l1)",
    "hours that the zone's clock is before UTC", "timezone_hour(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "9")
FUNCTION("timezone_minute", "(timestamp with time zone) -> bigint", SCALAR, "(date_sub('minute', $1, $l1) % 60)",
    "minutes that the zone's clock is before UTC, beside the hours", "timezone_minute(TIMESTAMP '2024-03-05 06:07:08 -03:30')", "-30")
FUNCTION("year", "(timestamp) -> bigint", SCALAR, "year($1)",
    "the year", "year(TIMESTAMP '2024-03-05 06:07:08.123')", "2024")
FUNCTION("year", "(timestamp with time zone) -> bigint", SCALAR, "year($l1)",
    "the year, where the zone is", "year(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "2024")
FUNCTION("year", "(interval year to month) -> bigint", SCALAR, "(athena_interval_months($1) // 12)",
    "whole years of an interval", "year(INTERVAL '2-3' YEAR TO MONTH)", "2")
FUNCTION("quarter", "(timestamp) -> bigint", SCALAR, "quarter($1)",
    "the quarter of the year, 1 to 4", "quarter(TIMESTAMP '2024-03-05 06:07:08.123')", "1")
FUNCTION("quarter", "(timestamp with time zone) -> bigint", SCALAR, "quarter($l1)",
    "the quarter of the year, 1 to 4, where the zone is", "quarter(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "1")
FUNCTION("month", "(timestamp) -> bigint", SCALAR, "month($1)",
    "the month, 1 to 12", "month(TIMESTAMP '2024-03-05 06:07:08.123')", "3")
FUNCTION("month", "(timestamp with time zone) -> bigint", SCALAR, "month($l1)",
    "the month, 1 to 12, where the zone is", "month(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "3")
FUNCTION("month", "(interval year to month) -> bigint", SCALAR, "(athena_interval_months($1) % 12)",
    "months of an interval, beside the years", "month(INTERVAL '2-3' YEAR TO MONTH)", "3")
FUNCTION("week", "(timestamp) -> bigint", SCALAR, "week($1)",
    "the ISO week of the year", "week(TIMESTAMP '2024-03-05 06:07:08.123')", "10")
FUNCTION("week", "(timestamp with time zone) -> bigint", SCALAR, "week($l1)",
    "the ISO week of the year, where the zone is", "week(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "10")
FUNCTION("week_of_year", "(timestamp) -> bigint", SCALAR, "week($1)",
    "the ISO week of the year", "week_of_year(TIMESTAMP '2024-03-05 06:07:08.123')", "10")
FUNCTION("week_of_year", "(timestamp with time zone) -> bigint", SCALAR, "week($l1)",
    "the ISO week of the year, where the zone is", "week_of_year(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "10")
FUNCTION("day", "(timestamp) -> bigint", SCALAR, "day($1)",
    "the day of the month", "day(TIMESTAMP '2024-03-05 06:07:08.123')", "5")
FUNCTION("day", "(timestamp with time zone) -> bigint", SCALAR, "day($l1)",
    "the day of the month, where the zone is", "day(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "6")
FUNCTION("day", "(interval day to second) -> bigint", SCALAR, "(athena_interval_ms($1) // 86400000)",
    "whole days of an interval", "day(INTERVAL '2 03:04:05' DAY TO SECOND)", "2")
FUNCTION("day_of_month", "(timestamp) -> bigint", SCALAR, "day($1)",
    "the day of the month", "day_of_month(TIMESTAMP '2024-03-05 06:07:08.123')", "5")
FUNCTION("day_of_month", "(timestamp with time zone) -> bigint", SCALAR, "day($l1)",
    "the day of the month, where the zone is", "day_of_month(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "6")
FUNCTION("day_of_month", "(interval day to second) -> bigint", SCALAR, "(athena_interval_ms($1) // 86400000)",
    "whole days of an interval", "day_of_month(INTERVAL '2 03:04:05' DAY TO SECOND)", "2")
FUNCTION("day_of_week", "(timestamp) -> bigint", SCALAR, "isodow($1)",
    "the day of the week, 1 is Monday", "day_of_week(TIMESTAMP '2024-03-05 06:07:08.123')", "2")
FUNCTION("day_of_week", "(timestamp with time zone) -> bigint", SCALAR, "isodow($l1)",
    "the day of the week, 1 is Monday, where the zone is", "day_of_week(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "3")
FUNCTION("dow", "(timestamp) -> bigint", SCALAR, "isodow($1)",
    "the day of the week, 1 is Monday", "dow(TIMESTAMP '2024-03-05 06:07:08.123')", "2")
FUNCTION("dow", "(timestamp with time zone) -> bigint", SCALAR, "isodow($l1)",
    "the day of the week, 1 is Monday, where the zone is", "dow(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "3")
FUNCTION("day_of_year", "(timestamp) -> bigint", SCALAR, "dayofyear($1)",
    "the day of the year", "day_of_year(TIMESTAMP '2024-03-05 06:07:08.123')", "65")
FUNCTION("day_of_year", "(timestamp with time zone) -> bigint", SCALAR, "dayofyear($l1)",
    "the day of the year, where the zone is", "day_of_year(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "66")
FUNCTION("doy", "(timestamp) -> bigint", SCALAR, "dayofyear($1)",
    "the day of the year", "doy(TIMESTAMP '2024-03-05 06:07:08.123')", "65")
FUNCTION("doy", "(timestamp with time zone) -> bigint", SCALAR, "dayofyear($l1)",
    "the day of the year, where the zone is", "doy(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "66")
FUNCTION("year_of_week", "(timestamp) -> bigint", SCALAR, "isoyear($1)",
    "the year of the ISO week", "year_of_week(TIMESTAMP '2024-03-05 06:07:08.123')", "2024")
FUNCTION("year_of_week", "(timestamp with time zone) -> bigint", SCALAR, "isoyear($l1)",
    "the year of the ISO week, where the zone is", "year_of_week(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "2024")
FUNCTION("yow", "(timestamp) -> bigint", SCALAR, "isoyear($1)",
    "the year of the ISO week", "yow(TIMESTAMP '2024-03-05 06:07:08.123')", "2024")
FUNCTION("yow", "(timestamp with time zone) -> bigint", SCALAR, "isoyear($l1)",
    "the year of the ISO week, where the zone is", "yow(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "2024")
FUNCTION("hour", "(timestamp) -> bigint", SCALAR, "hour($1)",
    "the hour, 0 to 23", "hour(TIMESTAMP '2024-03-05 06:07:08.123')", "6")
FUNCTION("hour", "(timestamp with time zone) -> bigint", SCALAR, "hour($l1)",
    "the hour, 0 to 23, where the zone is", "hour(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "5")
FUNCTION("hour", "(time) -> bigint", SCALAR, "hour($1)",
    "the hour, 0 to 23 of a time of the day", "hour(TIME '06:07:08')", "6")
FUNCTION("hour", "(interval day to second) -> bigint", SCALAR, "(athena_interval_ms($1) // 3600000 % 24)",
    "hours of an interval, beside the days", "hour(INTERVAL '2 03:04:05' DAY TO SECOND)", "3")
FUNCTION("minute", "(timestamp) -> bigint", SCALAR, "minute($1)",
    "the minute", "minute(TIMESTAMP '2024-03-05 06:07:08.123')", "7")
FUNCTION("minute", "(timestamp with time zone) -> bigint", SCALAR, "minute($l1)",
    "the minute, where the zone is", "minute(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "7")
FUNCTION("minute", "(time) -> bigint", SCALAR, "minute($1)",
    "the minute of a time of the day", "minute(TIME '06:07:08')", "7")
FUNCTION("minute", "(interval day to second) -> bigint", SCALAR, "(athena_interval_ms($1) // 60000 % 60)",
    "minutes of an interval, beside the hours", "minute(INTERVAL '2 03:04:05' DAY TO SECOND)", "4")
FUNCTION("second", "(timestamp) -> bigint", SCALAR, "second($1)",
    "the second", "second(TIMESTAMP '2024-03-05 06:07:08.123')", "8")
FUNCTION("second", "(timestamp with time zone) -> bigint", SCALAR, "second($l1)",
    "the second, where the zone is", "second(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "8")
FUNCTION("second", "(time) -> bigint", SCALAR, "second($1)",
    "the second of a time of the day", "second(TIME '06:07:08')", "8")
FUNCTION("second", "(interval day to second) -> bigint", SCALAR, "(athena_interval_ms($1) // 1000 % 60)",
    "seconds of an interval, beside the minutes", "second(INTERVAL '2 03:04:05' DAY TO SECOND)", "5")
FUNCTION("millisecond", "(timestamp) -> bigint", SCALAR, "(millisecond($1) % 1000)",
    "the millisecond of the second", "millisecond(TIMESTAMP '2024-03-05 06:07:08.123')", "123")
FUNCTION("millisecond", "(timestamp with time zone) -> bigint", SCALAR, "(millisecond($1) % 1000)",
    "the millisecond of the second, of a moment", "millisecond(TIMESTAMP '2024-03-05 20:07:08.123 UTC' AT TIME ZONE 'Asia/Seoul')", "123")
FUNCTION("millisecond", "(time) -> bigint", SCALAR, "(millisecond($1) % 1000)",
    "the millisecond of the second of a time of the day", "millisecond(TIME '06:07:08.123')", "123")
FUNCTION("millisecond", "(interval day to second) -> bigint", SCALAR, "(athena_interval_ms($1) % 1000)",
    "milliseconds of an interval, beside the seconds", "millisecond(INTERVAL '5.25' SECOND)", "250")
FUNCTION("last_day_of_month", "(timestamp) -> date", SCALAR, "last_day($1)",
    "the last day of the month", "last_day_of_month(DATE '2024-02-05')", "2024-02-29")
FUNCTION("last_day_of_month", "(timestamp with time zone) -> date", SCALAR, "last_day($l1)",
    "the last day of the month that the zone's calendar shows", "last_day_of_month(TIMESTAMP '2024-02-29 20:00:00 UTC' AT TIME ZONE 'Asia/Seoul')", "2024-03-31")
FUNCTION("to_milliseconds", "(interval day to second) -> bigint", SCALAR, "athena_interval_ms($1)",
    "an interval in milliseconds", "to_milliseconds(INTERVAL '2' DAY)", "172800000")
FUNCTION("parse_duration", "(varchar) -> interval day to second", SCALAR, "athena_duration($1)",
    "an interval read from a number and ns, us, ms, s, m, h or d", "parse_duration('3.81 d')", "3 19:26:24.000")
FUNCTION("human_readable_seconds", "(double) -> varchar", SCALAR, "athena_readable(CAST(round($1) AS BIGINT))",
    "seconds in words", "human_readable_seconds(3762)", "1 hour, 2 minutes, 42 seconds")
/* clang-format on */
