#include "support/athena_cases.h"

#include "support/athena.h"
#include "support/support.h"
#include "support/text_cases.h"

enum { RAW_BYTES_MAX = 1 << 16 };

static void run_case(Str sql, char verdict, Buf *out)
{
    BUF_AUTO Buf raw = buf_init(RAW_BYTES_MAX);
    if (verdict == '-')
        athena_written(sql, &raw);
    else if (verdict == '~')
        athena_planned(sql, &raw);
    else
        athena_answer(sql, &raw);
    Str text = buf_str(&raw);
    if (verdict == '!' && str_starts(text, STR("error: ")))
        text = str_slice(text, 7, text.len);
    text_cases_fold(out, text);
}

void assert_athena_cases(const char *path_below_tests, unsigned cases_min)
{
    assert_text_cases(path_below_tests, cases_min, run_case);
}
