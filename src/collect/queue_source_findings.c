/* The findings of other products that messages carry. */
#include "collect/queue_source_state.h"

bool queue_source_findings_keep(QueueSource *source, Held *held, Str text, Error *err)
{
    const char *copy = arena_text(source->names, text, err);
    if (!source->options.take_findings)
        held->refusal = "it carries findings, which are not taken here";
    held->findings = held->body = (Str){copy, text.len};
    source->wave_bytes += text.len;
    return copy != NULL;
}

/* Those of the wave, in the order of their messages; *ret_count* says how many. */
static NotificationFindings *gather(const QueueSource *source, size_t *ret_count, Error *err)
{
    NotificationFindings *list =
        arena_calloc(source->names, held_count(source) + 1, sizeof *list, err);
    bool ok = list != NULL;
    *ret_count = 0;
    for (size_t i = 0; ok && i < held_count(source); i++) {
        const Held *held = held_at(source, i);
        if (!held->findings.ptr || held->refusal)
            continue;
        NotificationFindings *each = &list[(*ret_count)++];
        each->text = held->findings;
        each->name = queue_source_message_uri(source, held->id, err);
        ok = each->name != NULL;
    }
    return ok ? list : NULL;
}

bool queue_source_findings_store(QueueSource *source, Error *err)
{
    Error why = {0};
    size_t count;
    NotificationFindings *list = gather(source, &count, err);
    if (!list || !count)
        return list != NULL;
    bool stored =
        source->options.take_findings(source->options.context, list, count, source->names, &why);
    if (!stored)
        queue_source_tell(source, why.text);
    for (size_t i = 0; i < held_count(source); i++) {
        Held *held = held_at(source, i);
        if (!held->findings.ptr || held->refusal)
            continue;
        held->unstored = !stored;
        held->refusal = stored ? list->bad : NULL;
        list++;
    }
    return true;
}
