/* profile_screen.h - what one entity did, on one screen.
 *
 * query/worker -> rows of profile_statement as JSON lines -> [profile_screen] -> text
 *
 * What attackers wrote is shown as cell_visible does, and cut. Threads: any; nothing is kept.
 */
#ifndef PROFILE_PROFILE_SCREEN_H
#define PROFILE_PROFILE_SCREEN_H

#include "profile/profile_entity.h"

enum { PROFILE_SCREEN_BYTES = 64 << 20 };

/* Appends the screen of *entity* that *lines* tell; nothing when there are none. With *wide* no
 * value is cut. ERROR_SYSTEM when they are not rows of profile_statement. */
bool profile_screen_write(const ProfileEntity *entity, Str lines, bool wide, Buf *out, Error *err)
    __attribute__((warn_unused_result));

#endif
