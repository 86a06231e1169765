#include "lake/commit.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "findings/automation.h"

static bool insert_commit(Lake *lake, int64_t seq, const char *kind, int64_t now_us, Error *err)
{
    DbStatement *insert =
        db_statement(lake->db, "INSERT INTO commits (seq, kind, at_us) VALUES (?, ?, ?)", err);
    if (!insert)
        return false;
    db_bind_int(insert, 1, seq);
    db_bind_text(insert, 2, str_of(kind));
    db_bind_int(insert, 3, now_us);
    return db_run(insert, err);
}

static bool insert_file(Lake *lake, int64_t seq, const CommitFile *file, Error *err)
{
    uint8_t sum[LEDGER_SUM_BYTES];
    DbStatement *insert = db_statement(
        lake->db,
        "INSERT INTO parts (path, day, rows, bytes, time_min, time_max, summary, added_seq, sum)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    ledger_sum_write(&file->sum, sum);
    db_bind_blob(insert, 9, sum, sizeof sum);
    db_bind_text(insert, 1, str_of(file->path));
    db_bind_int(insert, 2, file->day);
    db_bind_int(insert, 3, (int64_t)file->rows);
    db_bind_int(insert, 4, (int64_t)file->bytes);
    db_bind_int(insert, 5, file->time_min);
    db_bind_int(insert, 6, file->time_max);
    db_bind_blob(insert, 7, file->summary.ptr, file->summary.len);
    db_bind_int(insert, 8, seq);
    return db_run(insert, err);
}

static bool insert_run(Lake *lake, int64_t seq, ClaimRun *run, Error *err)
{
    DbStatement *insert = db_statement(
        lake->db, "INSERT INTO runs (path, day, offset, entries, added_seq) VALUES (?, ?, ?, ?, ?)",
        err);
    if (!insert)
        return false;
    db_bind_text(insert, 1, str_of(run->path));
    db_bind_int(insert, 2, run->day);
    db_bind_int(insert, 3, (int64_t)run->offset);
    db_bind_int(insert, 4, (int64_t)run->entries);
    db_bind_int(insert, 5, seq);
    if (!db_run(insert, err))
        return false;
    run->id = db_last_id(lake->db);
    return true;
}

static bool remove_part(Lake *lake, int64_t seq, int64_t part_id, int64_t now_us, Error *err)
{
    DbStatement *update = db_statement(
        lake->db,
        "UPDATE parts SET removed_seq = ?, removed_at_us = ? WHERE id = ? AND removed_seq IS NULL",
        err);
    if (!update)
        return false;
    db_bind_int(update, 1, seq);
    db_bind_int(update, 2, now_us);
    db_bind_int(update, 3, part_id);
    if (!db_run(update, err))
        return false;
    return db_changes(lake->db) == 1 ||
           error_set(err, ERROR_BUSY, "part %" PRId64 " is not live any more", part_id);
}

static bool remove_run(Lake *lake, int64_t run_id, Error *err)
{
    DbStatement *delete = db_statement(lake->db, "DELETE FROM runs WHERE id = ?", err);
    if (!delete)
        return false;
    db_bind_int(delete, 1, run_id);
    if (!db_run(delete, err))
        return false;
    return db_changes(lake->db) == 1 ||
           error_set(err, ERROR_BUSY, "fingerprint run %" PRId64 " is not live any more", run_id);
}

static bool change_files(Lake *lake, int64_t seq, int64_t now_us, const CommitPlan *plan,
                         Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < plan->removed_count; i++)
        ok = remove_part(lake, seq, plan->removed_parts[i], now_us, err);
    for (size_t i = 0; ok && i < plan->file_count; i++)
        ok = insert_file(lake, seq, &plan->files[i], err);
    return ok;
}

static bool change_runs(Lake *lake, Claim *claim, CommitPlan *plan, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < plan->removed_run_count; i++)
        ok = remove_run(lake, plan->removed_runs[i], err) &&
             claim_remove_run(claim, plan->removed_runs[i], err);
    for (size_t i = 0; ok && i < plan->run_count; i++)
        ok = insert_run(lake, claim_seq(claim), &plan->runs[i], err) &&
             claim_add_run(claim, &plan->runs[i], err);
    return ok;
}

static bool insert_receipts(Lake *lake, int64_t seq, int64_t now_us, const CommitPlan *plan,
                            Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < plan->receipt_count; i++)
        ok = receipt_insert(lake, &plan->receipts[i], seq, now_us, err);
    if (ok && plan->quarantine)
        ok = quarantine_insert(plan->quarantine, lake, plan->quarantine_path, seq, err);
    return ok && (!plan->digests || digest_set_insert(plan->digests, lake, seq, err));
}

/* A commit that changes no part (its records were all there) needs no entry. */
static bool append_entry(Lake *lake, int64_t seq, const CommitPlan *plan, Error *err)
{
    LedgerEntry entry = {.kind = plan->kind,
                         .commit_seq = seq,
                         .part_count = plan->file_count,
                         .removed = plan->removed_parts,
                         .removed_count = plan->removed_count,
                         .why = plan->why,
                         .detail = plan->detail};
    if (plan->file_count + plan->removed_count == 0)
        return true;
    LedgerPart *parts = mem_calloc(plan->file_count + 1, sizeof *parts, err);
    if (!parts)
        return false;
    for (size_t i = 0; i < plan->file_count; i++) {
        const CommitFile *file = &plan->files[i];
        parts[i] = (LedgerPart){file->path, file->day, file->rows, true, file->sum};
    }
    entry.parts = parts;
    bool ok = ledger_append(lake, &entry, err);
    mem_free(parts);
    return ok;
}

/* What is counted of the records, and what else the caller has. */
static bool insert_counts(Lake *lake, const CommitPlan *plan, Error *err)
{
    const DropRows rows = {plan->batch, plan->verdicts, plan->receipts, plan->receipt_count};
    return metric_cells_insert(&plan->metrics, plan->batch, plan->verdicts, lake, err) &&
           drops_insert(&plan->drops, &rows, lake, err) &&
           (!plan->lag || delivery_lag_insert(plan->lag, lake->db, err)) &&
           (!plan->more || plan->more(plan->more_context, err));
}

bool commit_run(Lake *lake, Claim *claim, CommitPlan *plan, Error *err)
{
    int64_t now_us = clock_now_us();
    int64_t seq = claim_seq(claim);
    if (!db_begin(lake->db, err))
        return false;
    bool ok =
        insert_commit(lake, seq, plan->kind, now_us, err) &&
        change_files(lake, seq, now_us, plan, err) && change_runs(lake, claim, plan, err) &&
        insert_receipts(lake, seq, now_us, plan, err) &&
        signals_insert(&plan->signals, plan->batch, plan->verdicts, lake, seq, err) &&
        insert_counts(lake, plan, err) &&
        (!plan->pack || signals_insert_pack(plan->pack, lake, seq, err)) &&
        (!lake->automation || automation_apply_commit(lake->automation, lake->db, seq, err)) &&
        append_entry(lake, seq, plan, err) && db_commit(lake->db, err);
    if (!ok)
        db_rollback(lake->db);
    return ok;
}
