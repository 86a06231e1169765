/* reload.h - rules, lookups and metric filters of an ingest: opened at its start, and anew when
 * their files change.
 *
 * Files are looked at every two seconds, those of --rules and those that the keys derive.* and
 * alarms.path name. A
 * change is loaded when two looks in a row saw the same, so that files that are being written are
 * left alone, or when it is asked for. Each kind is taken up apart: what cannot be used is
 * told on standard error, once, and the ones from before go on. Rules that hold an error are not
 * taken up, though an ingest starts with those that are whole.
 *
 * Looking and loading is done by a thread of its own. What makes a set known to the lake happens
 * in the turn to commit (lake/claim.h), and the workers take it from the holder (tried.h).
 */
#ifndef RELOAD_H
#define RELOAD_H

#include "base/command.h"
#include "lake/claim.h"
#include "tried.h"

typedef struct Reload Reload;

/* Opens what *line* asks for and makes it known to *lake*, a writer's; both are borrowed. Rules
 * that cannot be read are told and left out. SIGHUP is blocked in the calling thread from then on:
 * who asks with it (interrupt.h) before or after the workers run must not end the process. NULL
 * with *err*. */
Reload *reload_open(const CommandLine *line, Lake *lake, Error *err)
    __attribute__((warn_unused_result));
void reload_free(Reload *reload);

/* Where the newest set is; lives as long as *reload*. */
TriedHolder *reload_holder(const Reload *reload);

/* Starts the thread; *claims* are those of all writers of the lake until reload_end, which waits
 * for a set that is being loaded. One start, one end. NULL is fine: nothing is looked at. */
bool reload_start(Reload *reload, ClaimTable *claims, Error *err)
    __attribute__((warn_unused_result));
void reload_end(Reload *reload);

/* Lets the thread look when it is time, or when it is *asked*; returns at once. Any thread, between
 * reload_start and reload_end or outside of them, where it does nothing. */
void reload_look(Reload *reload, bool asked);

#endif
