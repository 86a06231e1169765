#include "lineage/lineage_words.h"

#include <stdio.h>

static void put_some(LineagePut *to, const char *before, Str text)
{
    if (!text.len)
        return;
    lineage_put(to, before);
    lineage_put_text(to, text);
}

/* ---- nodes ---- */

void lineage_words_name(LineagePut *to, const LineageNode *node)
{
    if (node->name.len)
        lineage_put_text(to, node->name);
    else
        lineage_put(to, "somebody");
    lineage_put(to, " (");
    lineage_put(to, LINEAGE_KIND_WORDS[node->kind]);
    lineage_put(to, ")");
}

void lineage_words_title(LineagePut *to, const LineageNode *node)
{
    lineage_words_name(to, node);
    put_some(to, ", key ", node->key);
    if (node->asked)
        lineage_put(to, "  <- asked for");
    lineage_put(to, "\n");
}

void lineage_words_event(LineagePut *to, const LineageEvent *event)
{
    lineage_put_time(to, event->time_us);
    lineage_put(to, " ");
    lineage_put_text(to, event->text[LINEAGE_NAME]);
    put_some(to, " from ", event->text[LINEAGE_ADDRESS]);
    put_some(to, " in ", event->text[LINEAGE_REGION]);
    put_some(to, " of ", event->text[LINEAGE_RECIPIENT]);
    if (!str_equal(event->text[LINEAGE_TYPE], STR("AWSService")))
        put_some(to, " through ", event->text[LINEAGE_INVOKED_BY]);
    put_some(to, ", event ", event->text[LINEAGE_ID]);
    put_some(to, ", refused: ", event->text[LINEAGE_ERROR]);
}

static void put_handed(LineagePut *to, const LineageNode *node)
{
    static const char *const BY[] = {
        [LINEAGE_PROOF_KEY] = "",
        [LINEAGE_PROOF_TIME] = " (by name and time, not by its key)",
        [LINEAGE_PROOF_SWITCH] = " (by what the console says)",
        [LINEAGE_PROOF_NAME] = "",
    };
    if (!node->handed)
        return;
    lineage_put(to, "by ");
    lineage_words_event(to, node->handed);
    lineage_put(to, BY[node->proof]);
    lineage_put(to, "\n");
    if (!node->shared)
        return;
    lineage_put(to, "the same in the other account: ");
    lineage_words_event(to, node->shared);
    lineage_put(to, "\n");
}

void lineage_words_gap(LineagePut *to, const LineageGap *gap)
{
    lineage_put(to, "the trail breaks here. Needed: ");
    lineage_put(to, gap->names);
    lineage_put(to, " (");
    lineage_put(to, gap->source);
    lineage_put(to, ")");
    put_some(to, " that gave out ", gap->key);
    put_some(to, " for ", gap->role);
    put_some(to, ", with sharedEventID ", gap->shared);
    put_some(to, ", of account ", gap->account);
    bool moment = gap->from_us == gap->until_us;
    lineage_put(to, moment ? " and any region, at " : " and any region, between ");
    lineage_put_time(to, gap->from_us);
    if (!moment) {
        lineage_put(to, " and ");
        lineage_put_time(to, gap->until_us);
    }
    if (!gap->has_others)
        lineage_put(to, "; the lake has no event at all of that account of an hour around");
}

static void put_note(LineagePut *to, const LineageNote *note)
{
    lineage_put(to, LINEAGE_NOTE_WORDS[note->kind]);
    lineage_put(to, ": ");
    lineage_put(to, note->text);
    put_some(to, ": ", note->about);
    if (note->kind == LINEAGE_NOTE_CONFLICT) {
        lineage_put(to, ", ");
        lineage_put(to, note->column ? note->column : "in what is not shown here");
        if (!note->column) {
            lineage_put(to, "\n");
            return;
        }
        lineage_put(to, " is '");
        lineage_put_text(to, note->first);
        lineage_put(to, "' or '");
        lineage_put_text(to, note->second);
        lineage_put(to, "'");
    } else {
        put_some(to, ", ", note->first);
        put_some(to, ", ", note->second);
    }
    lineage_put(to, "\n");
}

static void put_identity(LineagePut *to, const LineageEvent *seen)
{
    if (seen->text[LINEAGE_CREATED].len) {
        put_some(to, "began ", seen->text[LINEAGE_CREATED]);
        put_some(to, ", sourceIdentity ", seen->text[LINEAGE_SOURCE_IDENTITY]);
        put_some(to, ", on behalf of ", seen->text[LINEAGE_STORE_USER]);
        lineage_put(to, "\n");
    }
}

/* ---- deeds ---- */

static void put_action(LineagePut *to, const LineageAction *action)
{
    char count[32];
    snprintf(count, sizeof count, "%8lld  ", (long long)action->calls);
    lineage_put(to, count);
    lineage_put_text(to, action->source);
    lineage_put(to, " ");
    lineage_put_text(to, action->name);
    lineage_put(to, "  ");
    lineage_put_time(to, action->first_us);
    if (action->last_us != action->first_us) {
        lineage_put(to, " to ");
        lineage_put_time(to, action->last_us);
    }
    if (action->failed) {
        lineage_put(to, ", ");
        lineage_put_count(to, action->failed);
        lineage_put(to, " failed");
    }
    if (action->denied) {
        lineage_put(to, ", ");
        lineage_put_count(to, action->denied);
        lineage_put(to, " denied");
    }
    lineage_put(to, "\n");
}

static void put_deeds(LineagePut *to, const LineageDeeds *did, unsigned actions_max)
{
    if (!did->calls) {
        lineage_put(to, "did nothing that is in the lake\n");
        return;
    }
    lineage_put(to, "did ");
    lineage_put_counted(to, did->calls, "call", "calls");
    lineage_put(to, ", ");
    lineage_put_count(to, did->denied);
    lineage_put(to, " denied, ");
    lineage_put_time(to, did->first_us);
    lineage_put(to, " to ");
    lineage_put_time(to, did->last_us);
    lineage_put(to, "\n");
    for (size_t i = 0; i < did->count && i < actions_max; i++)
        put_action(to, &did->actions[i]);
    if (did->count > actions_max || did->more) {
        lineage_put(to, "          and ");
        lineage_put_counted(to, (int64_t)(did->count > actions_max ? did->count - actions_max : 1),
                            "other action", "other actions");
        lineage_put(to, did->more ? " or more\n" : "\n");
    }
}

void lineage_words_details(LineagePut *to, const LineageNode *node, unsigned actions_max)
{
    put_handed(to, node);
    if (node->seen)
        put_identity(to, node->seen);
    if (node->gap) {
        lineage_words_gap(to, node->gap);
        lineage_put(to, "\n");
    }
    for (uint32_t i = 0; i < node->note_count; i++)
        put_note(to, &node->notes[i]);
    if (node->did)
        put_deeds(to, node->did, actions_max);
}

/* ---- entries ---- */

void lineage_words_verdict(LineagePut *to, const LineageTree *tree)
{
    const LineageNode *head = &tree->nodes[lineage_tree_head(tree, 0)];
    bool known = head->kind != LINEAGE_SESSION && head->kind != LINEAGE_UNKNOWN;
    if (!known) {
        lineage_put(to, "not known; the trail ends at ");
        lineage_words_name(to, head);
    } else {
        lineage_words_name(to, head);
        lineage_put(to, ", known by ");
        lineage_put(to, head->how);
    }
    if (known && !lineage_tree_is_whole(tree, 0))
        lineage_put(to, "; an event is missing on the way");
    if (lineage_tree_is_doubtful(tree, 0))
        lineage_put(to, "; records on the way say different things");
    lineage_put(to, "\n");
}

static void put_act(LineagePut *to, const LineageAct *act)
{
    lineage_put_time(to, act->event->time_us);
    lineage_put(to, "  ");
    if (!act->worked)
        lineage_put(to, "tried, and failed: ");
    lineage_put(to, act->words);
    lineage_put(to, "\n  ");
    lineage_words_event(to, act->event);
    lineage_put(to, "\n");
    if (act->remark[0]) {
        lineage_put(to, "  ");
        lineage_put(to, act->remark);
        lineage_put(to, "\n");
    }
}

/* The acts are the first entries, in their order. */
static void put_because(LineagePut *to, const LineageAnswer *answer, uint32_t because)
{
    lineage_put(to, "  asked for by ");
    lineage_words_event(to, answer->story->acts[because].event);
    lineage_put(to, "\n  really: ");
    lineage_words_verdict(to, answer->entries[because].tree);
}

void lineage_words_entry(LineagePut *to, const LineageAnswer *answer, const LineageEntry *entry)
{
    const LineageStory *story = answer->story;
    if (story && entry->act != LINEAGE_NONE) {
        put_act(to, &story->acts[entry->act]);
        if (story->acts[entry->act].because != UINT32_MAX)
            put_because(to, answer, story->acts[entry->act].because);
    } else if (entry->caller) {
        if (story)
            lineage_put(to, "its own role's session: ");
        lineage_put_counted(to, entry->caller->calls, "call", "calls");
        lineage_put(to, ", ");
        lineage_put_time(to, entry->caller->first_us);
        lineage_put(to, " to ");
        lineage_put_time(to, entry->caller->last_us);
        lineage_put(to, "\n");
    } else if (entry->event) {
        lineage_words_event(to, entry->event);
        lineage_put(to, "\n");
    }
}

/* ---- instances ---- */

static void put_advice(LineagePut *to, const LineageStory *story)
{
    lineage_put(to, "what to look at then:\n");
    for (const char *const *line = LINEAGE_INSTANCE_ADVICE; *line; line++) {
        const char *id = strstr(*line, "%s");
        lineage_put(to, "  - ");
        if (id) {
            to->ok = to->ok && buf_append(to->out, *line, (size_t)(id - *line), to->err);
            lineage_put_text(to, story->id);
        }
        lineage_put(to, id ? id + 2 : *line);
        lineage_put(to, "\n");
    }
}

void lineage_words_story(LineagePut *to, const LineageStory *story)
{
    bool ended = false;
    for (uint32_t i = 0; i < story->count; i++)
        ended |= story->acts[i].worked && (story->acts[i].kind == LINEAGE_ACT_STOP ||
                                           story->acts[i].kind == LINEAGE_ACT_END);
    for (uint32_t i = 0; i < story->unexplained_count; i++) {
        const LineageUnexplained *stop = &story->unexplained[i];
        lineage_put(to, "It was stopped before ");
        lineage_put_time(to, stop->before_us);
        if (stop->after_us != INT64_MIN) {
            lineage_put(to, " and after ");
            lineage_put_time(to, stop->after_us);
        }
        lineage_put(to, stop->after_us == INT64_MIN
                            ? ", and no call in the lake explains it: a shutdown from inside, a "
                              "failure of its host, or a call before the lake begins.\n"
                            : ", and no call in the lake explains it: a shutdown from inside, or a "
                              "failure of its host.\n");
    }
    if (!ended && !story->unexplained_count)
        lineage_put(to,
                    "No call in the lake stopped or ended it: if it is down, it was shut down from "
                    "inside, or its host failed.\n");
    if (!ended || story->unexplained_count)
        put_advice(to, story);
}
