#include "findings/attack.h"

static const Str PREFIX = {"attack.", 7};

/* Tactics of ATT&CK 19, and the one that it retired: older rules carry its tag. ASFF's taxonomy is
 * older still; a tactic that it lacks has the nearest type, or the name space alone. */
static const AttackTactic TACTICS[] = {
    {"reconnaissance", "Reconnaissance", "TA0043", "TTPs/Discovery"},
    {"resource-development", "Resource Development", "TA0042", "TTPs"},
    {"initial-access", "Initial Access", "TA0001", "TTPs/Initial Access"},
    {"execution", "Execution", "TA0002", "TTPs/Execution"},
    {"persistence", "Persistence", "TA0003", "TTPs/Persistence"},
    {"privilege-escalation", "Privilege Escalation", "TA0004", "TTPs/Privilege Escalation"},
    {"stealth", "Stealth", "TA0005", "TTPs/Defense Evasion"},
    {"defense-evasion", "Defense Evasion", "TA0005", "TTPs/Defense Evasion"},
    {"defense-impairment", "Defense Impairment", "TA0112", "TTPs/Defense Evasion"},
    {"credential-access", "Credential Access", "TA0006", "TTPs/Credential Access"},
    {"discovery", "Discovery", "TA0007", "TTPs/Discovery"},
    {"lateral-movement", "Lateral Movement", "TA0008", "TTPs/Lateral Movement"},
    {"collection", "Collection", "TA0009", "TTPs/Collection"},
    {"command-and-control", "Command and Control", "TA0011", "TTPs/Command and Control"},
    {"exfiltration", "Exfiltration", "TA0010", "Effects/Data Exfiltration"},
    {"impact", "Impact", "TA0040", "Effects"},
};

/* Without regard to case; older rules write '_' for '-'. */
static bool is_named(Str name, Str tag)
{
    bool same = name.len == tag.len;
    for (size_t i = 0; same && i < name.len; i++) {
        char c = name.ptr[i] == '_' ? '-' : name.ptr[i];
        same = str_equal_nocase((Str){&c, 1}, (Str){tag.ptr + i, 1});
    }
    return same;
}

const AttackTactic *attack_tactic(Str tag)
{
    for (size_t i = 0; str_starts(tag, PREFIX) && i < sizeof TACTICS / sizeof *TACTICS; i++)
        if (is_named(str_slice(tag, PREFIX.len, tag.len), str_of(TACTICS[i].tag)))
            return &TACTICS[i];
    return NULL;
}

Str attack_technique(Str tag)
{
    Str number = str_slice(tag, PREFIX.len + 1, tag.len);
    bool ok = str_starts(tag, PREFIX) && number.len &&
              (tag.ptr[PREFIX.len] == 't' || tag.ptr[PREFIX.len] == 'T');
    for (size_t i = 0; ok && i < number.len; i++)
        ok = (number.ptr[i] >= '0' && number.ptr[i] <= '9') || (i && number.ptr[i] == '.');
    return ok ? number : STR("");
}

size_t attack_types(const Str *tags, size_t count, Str *ret, size_t most)
{
    size_t found = 0;
    for (size_t i = 0; found < most && i < count; i++) {
        const AttackTactic *tactic = attack_tactic(tags[i]);
        bool known = tactic == NULL;
        for (size_t j = 0; !known && j < found; j++)
            known = str_equal(ret[j], str_of(tactic->type));
        if (!known)
            ret[found++] = str_of(tactic->type);
    }
    return found;
}
