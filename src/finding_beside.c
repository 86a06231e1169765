#include "finding_beside.h"

#include "base/clock.h"
#include "base/mem.h"
#include "finding_explain.h"
#include "finding_touched.h"
#include "findings/finding_episode.h"
#include "lake/layout.h"
#include "lake/state.h"
#include "setup.h"

struct FindingBeside {
    const CommandLine *line;
    char path[LAYOUT_PATH_BYTES];
    Db *db; /* NULL before the first step */
    Lake *reader;
};

FindingBeside *finding_beside_open(const CommandLine *line, const char *folder, Error *err)
{
    FindingBeside *self = mem_calloc(1, sizeof *self, err);
    if (!self)
        return NULL;
    self->line = line;
    if (layout_path(self->path, err, folder, "state.db"))
        return self;
    finding_beside_free(self);
    return NULL;
}

void finding_beside_free(FindingBeside *self)
{
    if (!self)
        return;
    db_close(self->db);
    lake_close(self->reader);
    mem_free(self);
}

/* What was provisional becomes final at its time. */
static bool settle(FindingBeside *self, Error *err)
{
    bool any;
    if (!self->db && !(self->db = state_open(self->path, DB_READ_WRITE, err)))
        return false;
    return finding_episode_settle(self->db, clock_now_us(), &any, err);
}

/* Whether something waits, so that nothing is opened for nothing. */
static bool waits(FindingBeside *self, bool *ret, Error *err)
{
    int64_t any;
    bool ok = db_get_int(self->db, "SELECT 1 FROM finding_jobs WHERE kind <> 'unexplained' LIMIT 1",
                         0, &any, err);
    *ret = any != 0;
    return ok;
}

bool finding_beside_step(void *context, bool *ret_more, Error *err)
{
    FindingBeside *self = context;
    bool any = false;
    *ret_more = false;
    if (!settle(self, err))
        return false;
    if (!waits(self, &any, err) || !any)
        return err->kind == ERROR_NONE;
    if (!self->reader && !(self->reader = setup_lake(self->line, LAKE_READ, err)))
        return false;
    bool touched = false;
    const Config *config = command_config(self->line);
    bool ok = finding_explain_step(self->db, self->reader, config, ret_more, err) &&
              finding_touched_step(self->db, self->reader, config, &touched, err);
    *ret_more |= touched;
    return ok;
}

bool finding_beside_run(const CommandLine *line, const char *folder, Error *err)
{
    bool more = true;
    FindingBeside *self = finding_beside_open(line, folder, err);
    bool ok = self != NULL;
    while (ok && more)
        ok = finding_beside_step(self, &more, err);
    finding_beside_free(self);
    return ok;
}
