#include "derive/member.h"

#include <inttypes.h>

#include "base/json.h"

static Str text_of(const char *text)
{
    return text ? str_of(text) : (Str){NULL, 0};
}

/* One function a member that puts its expression where its type belongs. */
#define STORE_TEXT(value)   ret->is_known = (ret->text = (value)).ptr != NULL
#define STORE_NUMBER(value) ret->is_known = (ret->number = (value)) >= 0
#define STORE_FLAG(value)   STORE_NUMBER(value)
#define STORE_LISTS(value)  ret->is_known = (ret->lists = (value)).bits != 0
#define MEMBER(id, name, type, value)                                                              \
    static void get_##id(const DerivedMembers *m, MemberValue *ret)                                \
    {                                                                                              \
        STORE_##type(value);                                                                       \
    }
#include "derive/member_table.h"
#undef MEMBER

static const struct {
    const char *name;
    MemberType type;
    void (*get)(const DerivedMembers *m, MemberValue *ret);
} MEMBERS[MEMBER_COUNT] = {
#define MEMBER(id, name, type, value) [MEMBER_##id] = {name, MEMBER_##type, get_##id},
#include "derive/member_table.h"
#undef MEMBER
};

MemberId member_find(Str name)
{
    for (int id = 0; id < MEMBER_COUNT; id++)
        if (str_equal(name, str_of(MEMBERS[id].name)))
            return (MemberId)id;
    return MEMBER_NONE;
}

const char *member_name(MemberId id)
{
    return MEMBERS[id].name;
}

MemberType member_type(MemberId id)
{
    return MEMBERS[id].type;
}

MemberValue member_get(const DerivedMembers *members, MemberId id)
{
    MemberValue value = {.type = MEMBERS[id].type};
    MEMBERS[id].get(members, &value);
    return value;
}

bool member_write_lists(ThreatLists lists, Buf *buf, Error *err)
{
    const char *before = "";
    if (!buf_append_byte(buf, '[', err))
        return false;
    for (unsigned i = 0; i < 64; i++) {
        if (!(lists.bits >> i & 1))
            continue;
        if (!buf_append_str(buf, str_of(before), err) ||
            !json_append_string(buf, lists.names[i], err))
            return false;
        before = ",";
    }
    return buf_append_byte(buf, ']', err);
}

static bool write_value(const MemberValue *value, Buf *buf, Error *err)
{
    switch (value->type) {
    case MEMBER_TEXT:
        return json_append_string(buf, value->text, err);
    case MEMBER_NUMBER:
        return buf_printf(buf, err, "%" PRId64, value->number);
    case MEMBER_FLAG:
        return buf_append_str(buf, value->number ? STR("true") : STR("false"), err);
    case MEMBER_LISTS:
        return member_write_lists(value->lists, buf, err);
    }
    return true;
}

bool member_write(const DerivedMembers *members, Buf *buf, Error *err)
{
    const char *before = "{\"";
    for (int id = 0; id < MEMBER_COUNT; id++) {
        MemberValue value = member_get(members, (MemberId)id);
        if (!value.is_known)
            continue;
        if (!buf_append_str(buf, str_of(before), err) ||
            !buf_append_str(buf, str_of(MEMBERS[id].name), err) ||
            !buf_append_str(buf, STR("\":"), err) || !write_value(&value, buf, err))
            return false;
        before = ",\"";
    }
    return buf_append_byte(buf, '}', err); /* isConsole is always known, so "{" was written */
}
