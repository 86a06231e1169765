/* slots.h - shares a day's events over five-minute slots, and slots over files.
 *
 * 1. A file holds events of one slot. 2. It is delivered at a mark of five minutes, at the end of
 * its slot or one mark later: its events are 1 to 600 s old then. 3. The sums are exact.
 */
#ifndef GENERATE_SLOTS_H
#define GENERATE_SLOTS_H

#include "generate/random.h"

enum { SLOTS_SECONDS = 300, SLOTS_OF_DAY = 288, SLOTS_FILE_EVENTS_MAX = 6000, SLOTS_FILES_MAX = 8 };

typedef struct Slots {
    uint32_t events[SLOTS_OF_DAY];
    bool whole[SLOTS_OF_DAY]; /* all in one file, as big as that gets */
    uint32_t file_events;     /* of every file but the day's last; 0: they differ */
} Slots;

/* Shares *events* over the day: busier in working hours; quiet units have a few busy slots. With
 * *file_events* a slot gets a multiple of it, but for the day's last slot that has any. */
void slots_plan(uint64_t events, uint32_t file_events, Random *random, Slots *ret);

/* How many of a slot's *left* events its next file takes; *files* is how many it has already. */
uint32_t slots_file(const Slots *slots, int slot, uint32_t left, uint32_t files, Random *random);

/* How many seconds after the slot's end a file is delivered: 0 or one mark. */
int slots_delay(Random *random);

#endif
