#include "base/pdf.h"

#include "support/support.h"

enum { BYTES_MAX = 4 << 20 };

static const char TEXT[] = "who changed an IAM policy off-hours 누가 정책을 변경했는가";

static void a_document_has_text_and_pages(void **state)
{
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(BYTES_MAX);
    (void)state;
    Pdf *pdf = pdf_new(&bytes, 842, 595, "a title", &err);
    support_ok(pdf != NULL, &err);
    const PdfText wide = {.text = str_of(TEXT), .x = 10, .y = 10, .width = 800, .size = 10};
    PdfText narrow = wide;
    narrow.width = 60;
    double one = pdf_text(pdf, &wide, false), several = pdf_text(pdf, &narrow, true);
    assert_true(one >= 10 && one < 25);
    assert_true(several > 3 * one);
    pdf_rule(pdf, 10, 100, 400);
    pdf_page(pdf);
    (void)pdf_text(pdf, &wide, false);
    support_ok(pdf_end(pdf, &err), &err);
    pdf_free(pdf);
    assert_true(str_starts(buf_str(&bytes), STR("%PDF-")));
    assert_true(bytes.len > 2000);
}

static void bytes_without_room_are_an_error(void **state)
{
    Error err = {0};
    BUF_AUTO Buf bytes = buf_init(100);
    (void)state;
    Pdf *pdf = pdf_new(&bytes, 842, 595, "a title", &err);
    if (pdf) {
        const PdfText text = {.text = str_of(TEXT), .width = 800, .size = 10};
        (void)pdf_text(pdf, &text, false);
        assert_false(pdf_end(pdf, &err));
    }
    assert_int_equal(err.kind, ERROR_LIMIT);
    pdf_free(pdf);
    pdf_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_has_text_and_pages),
        cmocka_unit_test(bytes_without_room_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
