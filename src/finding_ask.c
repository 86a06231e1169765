#include "finding_ask.h"

#include <stdio.h>

enum { PLACE_BYTES = 32 };

static bool store(const FindingAsk *ask, const FindingPage *page, FindingImport *import, Error *err)
{
    char place[PLACE_BYTES];
    const FindingImportReport before = import->report;
    snprintf(place, sizeof place, "page %d", page->number);
    if (!db_begin(import->db, err))
        return false;
    if (finding_import_list(import, page->findings, place, err) &&
        (!ask->stored || ask->stored(ask->context, page, err)) && db_commit(import->db, err))
        return true;
    import->report = before;
    db_rollback(import->db);
    return error_context(err, "%s, %s", import->name, place);
}

static bool store_all(const FindingAsk *ask, FindingPages *pages, FindingImport *import, Error *err)
{
    FindingPage page;
    import->name = finding_pages_name(pages);
    do {
        if (!finding_pages_next(pages, &page, err) ||
            (page.findings && !store(ask, &page, import, err)))
            return false;
    } while (page.findings);
    return true;
}

bool finding_ask_run(const FindingAsk *ask, FindingImport *import, Error *err)
{
    const FindingPagesOptions options = {.aws = ask->aws,
                                         .name = ask->source,
                                         .since_us = ask->since_us,
                                         .until_us = ask->until_us,
                                         .stopping = ask->stopping};
    FindingPages *pages = finding_pages_open(&options, err);
    bool ok = pages && store_all(ask, pages, import, err);
    finding_pages_free(pages);
    import->name = NULL; /* it was the pages' */
    return ok;
}
