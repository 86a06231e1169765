/* function_window_table.h - functions that need OVER; rows of FUNCTIONS, see function.h. */
/* clang-format off */
FUNCTION("row_number", "() -> bigint", WINDOW, "row_number()$w",
    "the row's number in its partition, from 1", "SELECT row_number() OVER (ORDER BY a) FROM (VALUES 7) t(a)", "1")
FUNCTION("rank", "() -> bigint", WINDOW, "rank()$w",
    "the rank, with gaps behind equal rows", "SELECT max(r) FROM (SELECT rank() OVER (ORDER BY a) AS r FROM (VALUES 1, 1, 2) t(a)) u", "3")
FUNCTION("dense_rank", "() -> bigint", WINDOW, "dense_rank()$w",
    "the rank, without gaps", "SELECT max(r) FROM (SELECT dense_rank() OVER (ORDER BY a) AS r FROM (VALUES 1, 1, 2) t(a)) u", "2")
FUNCTION("percent_rank", "() -> double", WINDOW, "percent_rank()$w",
    "the share of rows before the row's own", "SELECT max(r) FROM (SELECT percent_rank() OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "1.0")
FUNCTION("cume_dist", "() -> double", WINDOW, "cume_dist()$w",
    "the share of rows up to the row's own", "SELECT min(r) FROM (SELECT cume_dist() OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "0.5")
FUNCTION("ntile", "(bigint) -> bigint", WINDOW, "ntile($1)$w",
    "which of so many parts of equal size the row is in", "SELECT max(r) FROM (SELECT ntile(2) OVER (ORDER BY a) AS r FROM (VALUES 1, 2, 3) t(a)) u", "2")
FUNCTION("first_value", "(T) -> T", WINDOW, "first_value($1$o)$w",
    "the value of the frame's first row", "SELECT max(r) FROM (SELECT first_value(a) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "1")
FUNCTION("last_value", "(T) -> T", WINDOW, "last_value($1$o)$w",
    "the value of the frame's last row", "SELECT max(r) FROM (SELECT last_value(a) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "2")
FUNCTION("nth_value", "(T, bigint) -> T", WINDOW, "nth_value($1, $2$o)$w",
    "the value of the frame's row with that number", "SELECT max(r) FROM (SELECT nth_value(a, 2) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "2")
FUNCTION("lag", "(T) -> T", WINDOW, "lag($1$o)$w",
    "the value of the row before", "SELECT max(r) FROM (SELECT lag(a) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "1")
FUNCTION("lag", "(T, bigint) -> T", WINDOW, "lag($1, $2$o)$w",
    "the value of the row so many places before", "SELECT max(r) FROM (SELECT lag(a, 2) OVER (ORDER BY a) AS r FROM (VALUES 1, 2, 3) t(a)) u", "1")
FUNCTION("lag", "(T, bigint, T) -> T", WINDOW, "lag($1, $2, $3$o)$w",
    "the same, with a value where there is no such row", "SELECT min(r) FROM (SELECT lag(a, 1, -1) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "-1")
FUNCTION("lead", "(T) -> T", WINDOW, "lead($1$o)$w",
    "the value of the row behind", "SELECT max(r) FROM (SELECT lead(a) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "2")
FUNCTION("lead", "(T, bigint) -> T", WINDOW, "lead($1, $2$o)$w",
    "the value of the row so many places behind", "SELECT max(r) FROM (SELECT lead(a, 2) OVER (ORDER BY a) AS r FROM (VALUES 1, 2, 3) t(a)) u", "3")
FUNCTION("lead", "(T, bigint, T) -> T", WINDOW, "lead($1, $2, $3$o)$w",
    "the same, with a value where there is no such row", "SELECT max(r) FROM (SELECT lead(a, 1, 9) OVER (ORDER BY a) AS r FROM (VALUES 1, 2) t(a)) u", "9")
/* clang-format on */
