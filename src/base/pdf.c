#include "base/pdf.h"

#include <cairo/cairo-pdf.h>
#include <dlfcn.h>
#include <limits.h>
#include <pango/pangocairo.h>

#include "base/fault.h"
#include "base/mem.h"

/* What is used of each library, by its names. */
#define CAIRO(F)                                                                                   \
    F(cairo_pdf_surface_create_for_stream)                                                         \
    F(cairo_pdf_surface_set_metadata)                                                              \
    F(cairo_create)                                                                                \
    F(cairo_destroy)                                                                               \
    F(cairo_surface_destroy)                                                                       \
    F(cairo_surface_finish)                                                                        \
    F(cairo_surface_status)                                                                        \
    F(cairo_status)                                                                                \
    F(cairo_status_to_string)                                                                      \
    F(cairo_show_page)                                                                             \
    F(cairo_move_to)                                                                               \
    F(cairo_line_to)                                                                               \
    F(cairo_stroke)                                                                                \
    F(cairo_set_line_width)                                                                        \
    F(cairo_set_source_rgb)
#define PANGO(F)                                                                                   \
    F(pango_layout_set_text)                                                                       \
    F(pango_layout_set_width)                                                                      \
    F(pango_layout_set_wrap)                                                                       \
    F(pango_layout_set_alignment)                                                                  \
    F(pango_layout_set_font_description)                                                           \
    F(pango_layout_get_pixel_size)                                                                 \
    F(pango_font_description_from_string)                                                          \
    F(pango_font_description_set_absolute_size)                                                    \
    F(pango_font_description_set_weight)                                                           \
    F(pango_font_description_free)
#define PANGO_CAIRO(F)                                                                             \
    F(pango_cairo_create_layout)                                                                   \
    F(pango_cairo_show_layout)
#define GOBJECT(F) F(g_object_unref)

#define POINTER(name) __typeof__(name) *name; /* NOLINT(bugprone-macro-parentheses) */
static struct {
    CAIRO(POINTER)
    PANGO(POINTER)
    PANGO_CAIRO(POINTER)
    GOBJECT(POINTER)
} lib; /* filled once, by the first document */

typedef struct Symbol {
    const char *name;
    void *to; /* the address of a function pointer */
} Symbol;

#define SYMBOL(name) {#name, (void *)&lib.name},
static const Symbol CAIRO_SYMBOLS[] = {CAIRO(SYMBOL){NULL, NULL}};
static const Symbol PANGO_SYMBOLS[] = {PANGO(SYMBOL){NULL, NULL}};
static const Symbol PANGO_CAIRO_SYMBOLS[] = {PANGO_CAIRO(SYMBOL){NULL, NULL}};
static const Symbol GOBJECT_SYMBOLS[] = {GOBJECT(SYMBOL){NULL, NULL}};

static const struct {
    const char *file;
    const Symbol *symbols;
} LIBRARIES[] = {{"libcairo.so.2", CAIRO_SYMBOLS},
                 {"libpango-1.0.so.0", PANGO_SYMBOLS},
                 {"libpangocairo-1.0.so.0", PANGO_CAIRO_SYMBOLS},
                 {"libgobject-2.0.so.0", GOBJECT_SYMBOLS}};

struct Pdf {
    Buf *to;
    Error failure; /* of the first bytes that found no room */
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    PangoFontDescription *font;
};

static bool load_library(const char *file, const Symbol *symbols, Error *err)
{
    void *handle = fault_due(FAULT_SYSCALL) ? NULL : dlopen(file, RTLD_NOW | RTLD_LOCAL);
    for (; handle && symbols->name; symbols++) {
        void *found = dlsym(handle, symbols->name);
        if (!found)
            handle = NULL;
        else
            memcpy(symbols->to, &found, sizeof found);
    }
    return handle ||
           error_set(
               err, ERROR_ACCESS,
               "a PDF needs '%s', which is not there, or too old: install libpangocairo-1.0-0,"
               " and for Korean fonts-nanum",
               file);
}

/* Loaded libraries stay: they cannot be unloaded. */
static bool load(Error *err)
{
    static bool is_loaded;
    for (size_t i = 0; !is_loaded && i < sizeof LIBRARIES / sizeof *LIBRARIES; i++)
        if (!load_library(LIBRARIES[i].file, LIBRARIES[i].symbols, err))
            return false;
    is_loaded = true;
    return true;
}

static cairo_status_t take(void *context, const unsigned char *bytes, unsigned count)
{
    Pdf *pdf = context;
    if (pdf->failure.kind == ERROR_NONE && buf_append(pdf->to, bytes, count, &pdf->failure))
        return CAIRO_STATUS_SUCCESS;
    return CAIRO_STATUS_WRITE_ERROR;
}

static bool is_sound(const Pdf *pdf, Error *err)
{
    cairo_status_t status = lib.cairo_surface_status(pdf->surface);
    if (status == CAIRO_STATUS_SUCCESS && pdf->cairo)
        status = lib.cairo_status(pdf->cairo);
    if (pdf->failure.kind != ERROR_NONE)
        *err = pdf->failure;
    else if (status != CAIRO_STATUS_SUCCESS)
        error_set(err, ERROR_SYSTEM, "a PDF could not be written: %s",
                  lib.cairo_status_to_string(status));
    return pdf->failure.kind == ERROR_NONE && status == CAIRO_STATUS_SUCCESS;
}

Pdf *pdf_new(Buf *to, double width, double height, const char *title, Error *err)
{
    Pdf *pdf = load(err) ? mem_calloc(1, sizeof *pdf, err) : NULL;
    if (!pdf)
        return NULL;
    pdf->to = to;
    pdf->surface = lib.cairo_pdf_surface_create_for_stream(take, pdf, width, height);
    lib.cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, title);
    lib.cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "Spoor");
    pdf->cairo = lib.cairo_create(pdf->surface);
    pdf->layout = lib.pango_cairo_create_layout(pdf->cairo);
    pdf->font =
        lib.pango_font_description_from_string("Noto Sans, Nanum Gothic, DejaVu Sans, Sans");
    lib.pango_layout_set_wrap(pdf->layout, PANGO_WRAP_WORD_CHAR);
    if (is_sound(pdf, err))
        return pdf;
    pdf_free(pdf);
    return NULL;
}

bool pdf_end(Pdf *pdf, Error *err)
{
    lib.cairo_surface_finish(pdf->surface);
    return is_sound(pdf, err);
}

void pdf_free(Pdf *pdf)
{
    if (!pdf)
        return;
    lib.pango_font_description_free(pdf->font);
    lib.g_object_unref(pdf->layout);
    lib.cairo_destroy(pdf->cairo);
    lib.cairo_surface_destroy(pdf->surface);
    mem_free(pdf);
}

double pdf_text(Pdf *pdf, const PdfText *text, bool hidden)
{
    int height;
    lib.pango_font_description_set_absolute_size(pdf->font, text->size * PANGO_SCALE);
    lib.pango_font_description_set_weight(pdf->font,
                                          text->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    lib.pango_layout_set_font_description(pdf->layout, pdf->font);
    lib.pango_layout_set_width(pdf->layout, (int)(text->width * PANGO_SCALE));
    lib.pango_layout_set_alignment(pdf->layout,
                                   text->to_right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    lib.pango_layout_set_text(pdf->layout, text->text.len ? text->text.ptr : "",
                              text->text.len > INT_MAX ? INT_MAX : (int)text->text.len);
    lib.pango_layout_get_pixel_size(pdf->layout, NULL, &height);
    if (!hidden) {
        lib.cairo_set_source_rgb(pdf->cairo, (text->rgb >> 16 & 255) / 255.0,
                                 (text->rgb >> 8 & 255) / 255.0, (text->rgb & 255) / 255.0);
        lib.cairo_move_to(pdf->cairo, text->x, text->y);
        lib.pango_cairo_show_layout(pdf->cairo, pdf->layout);
    }
    return height;
}

void pdf_rule(Pdf *pdf, double x, double y, double width)
{
    lib.cairo_set_source_rgb(pdf->cairo, 0.8, 0.82, 0.84);
    lib.cairo_set_line_width(pdf->cairo, 0.5);
    lib.cairo_move_to(pdf->cairo, x, y);
    lib.cairo_line_to(pdf->cairo, x + width, y);
    lib.cairo_stroke(pdf->cairo);
}

void pdf_page(Pdf *pdf)
{
    lib.cairo_show_page(pdf->cairo);
}
