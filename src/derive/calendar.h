/* calendar.h - working hours of people and teams: whether somebody called outside of them.
 *
 * decode -> [derive] -> detect. Read from a YAML file that operators write:
 *
 *   calendars:
 *     - name: seoul
 *       zone: Asia/Seoul
 *       hours: 09:00-18:00              # from Monday to Friday; or each day of its own:
 *       days: {mon: 09:00-18:00, sat: [09:00-12:00, 13:00-15:00], fri: 22:00-06:00}
 *       holidays: [2026-12-25, 2026-12-31..2027-01-02]
 *       principals: ['*:user/kim', 'arn:aws:iam::*:role/seoul-*']
 *       accounts: ['111122223333']
 *       owners: [platform]
 *
 * The first calendar whose principals, accounts and owners (those that it names) fit the caller is
 * the caller's. A principal is the derived member `principal` or `sessionName`, an owner that of
 * the account; all take '*' and '?'. Hours that end before they begin go on over midnight and
 * belong to the day on which they begin; so does a holiday. Immutable; any thread may look.
 */
#ifndef DERIVE_CALENDAR_H
#define DERIVE_CALENDAR_H

#include "base/arena.h"
#include "derive/principal.h"

enum { CALENDARS_BYTES_MAX = 4 << 20, CALENDARS_MAX = 1000, CALENDAR_NONE = -1 };

typedef struct Calendars Calendars;

/* Reads a text; *file* stands for it in messages. ERROR_INPUT names the line and what was expected
 * there. The caller frees with calendars_free; NULL is fine. */
Calendars *calendars_read(Str text, const char *file, Error *err)
    __attribute__((warn_unused_result));
void calendars_free(Calendars *calendars);

/* How many there are. */
size_t calendars_count(const Calendars *calendars);

/* The calendar of a caller, CALENDAR_NONE when there is none; *account* and *owner* may have a NULL
 * pointer. */
int calendars_find(const Calendars *calendars, const Principal *principal, Str account, Str owner);

/* Its name; lives as long as the calendars. */
Str calendars_name(const Calendars *calendars, int calendar);

/* Whether *us* lies outside of its working hours. */
bool calendars_is_off(const Calendars *calendars, int calendar, int64_t us);

#endif
