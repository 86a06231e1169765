#include "support/new_lake.h"

#include <stdio.h>

#include "findings/finding.h"
#include "lake/part.h"
#include "lake/signals.h"
#include "support/support.h"

Lake *new_lake(void)
{
    static int number;
    char folder[256];
    Error err = {0};
    snprintf(folder, sizeof folder, "%s/lake%d", support_folder(), number++);
    Lake *lake = lake_open(folder, LAKE_CREATE, &err);
    support_ok(lake != NULL, &err);
    return lake;
}

Lake *new_lake_with_rules(void)
{
    int64_t ids[3];
    Error err = {0};
    const SignalRule rules[] = {{STR("r1"), STR("v1"), STR("One"), STR("high"), STR("{\"v\":1}")},
                                {STR("r1"), STR("v2"), STR("One"), STR("high"), STR("{\"v\":2}")},
                                {STR("r2"), STR("v1"), STR("Two"), STR("low"), STR("{}")}};
    Lake *lake = new_lake();
    support_ok(signals_register(lake, rules, 3, ids, &err), &err);
    assert_int_equal(ids[2], 3);
    return lake;
}

void new_lake_find(Lake *lake, int64_t rule, int hour, const char *principal, int64_t seq)
{
    static int64_t signals;
    char event[32];
    Error err = {0};
    snprintf(event, sizeof event, "event-%d", hour);
    const FindingSignal signal = {.rule = rule,
                                  .time_us = hour * NEW_LAKE_HOUR_US,
                                  .event_id = str_of(event),
                                  .account = STR("111122223333"),
                                  .principal = str_of(principal),
                                  .object_id = 1,
                                  .record_index = hour,
                                  .signal = ++signals,
                                  .commit_seq = seq};
    support_ok(finding_add(lake->db, &signal, &err), &err);
}

int64_t new_lake_ask(Lake *lake, const char *sql)
{
    Error err = {0};
    int64_t number;
    support_ok(db_get_int(lake->db, sql, -1, &number, &err), &err);
    return number;
}

void new_lake_store(Lake *lake, Batch *batch)
{
    Error err = {0};
    PartResult result;
    ClaimTable *claims = claim_table_new(lake, &err);
    PartStore *parts = part_store_new(lake, claims, &err);
    QuarantineSet pieces = quarantine_new();
    Receipt receipt = {.object_id = 1,
                       .source = STR("file"),
                       .key = STR("/k"),
                       .read = batch->rows,
                       .row_end = batch->rows};
    PartInput input = {
        .batch = batch, .receipts = &receipt, .receipt_count = 1, .quarantine = &pieces};
    support_ok(part_commit(parts, &input, &result, &err), &err);
    quarantine_free(&pieces);
    part_store_free(parts);
    claim_table_free(claims);
    batch_free(batch);
}
