/* profile_entity.h - whom or what a summary is of: told from the shape of a value, or by --by.
 *
 * words -> [profile_entity] -> profile_statement, profile_many. Values are of users and stand in
 * quotes: nothing of them is SQL. Threads: any; nothing is kept.
 */
#ifndef PROFILE_PROFILE_ENTITY_H
#define PROFILE_PROFILE_ENTITY_H

#include "base/buf.h"
#include "decode/field.h"

typedef enum {
    PROFILE_PRINCIPAL, /* a user, a role with all its sessions, a session, a service */
    PROFILE_ADDRESS,   /* sourceIPAddress */
    PROFILE_KEY,       /* an access key */
    PROFILE_ACCOUNT,   /* recipientAccountId */
    PROFILE_FIELD,     /* a value of any column */
    PROFILE_KINDS
} ProfileKind;

typedef struct ProfileEntity {
    ProfileKind kind;
    Str field;      /* of PROFILE_FIELD, as it was given */
    FieldNode node; /* of PROFILE_FIELD: its column */
    Str value;      /* empty: all of that kind */
} ProfileEntity;

/* What *by* ("principal", "address", "key", "account" or a field) says; empty: what the shape of
 * *value* does, or principals when that is empty, too. ERROR_USAGE when no column has the field,
 * or the value has no shape that is known. The texts are borrowed. */
bool profile_entity_read(Str by, Str value, ProfileEntity *ret, Error *err)
    __attribute__((warn_unused_result));

/* Its kind in a word, the name of the field for PROFILE_FIELD. */
Str profile_entity_word(const ProfileEntity *entity);

/* Appends what names an entity of its kind, an expression over `cloudtrail`. */
bool profile_entity_put_name(const ProfileEntity *entity, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* A role's calls are those of its sessions, its own, and those of sessions of which the record
 * tells no issuer: each is found by another column, by a scan of its own. Others have one
 * condition. */
int profile_entity_conditions(const ProfileEntity *entity);

/* Appends condition *number* over `cloudtrail` that a row is of *entity*; no row fulfils two. */
bool profile_entity_put_condition(const ProfileEntity *entity, int number, Buf *sql, Error *err)
    __attribute__((warn_unused_result));

/* Appends the condition over `findings` that one is of *entity*. Where findings do not name what
 * it is, those are which have an event of *hits*, a table with object_id and record_index. */
bool profile_entity_put_findings(const ProfileEntity *entity, const char *hits, Buf *sql,
                                 Error *err) __attribute__((warn_unused_result));

#endif
