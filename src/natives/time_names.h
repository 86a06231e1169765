/* time_names.h - English names of months, weekdays and half days, as patterns of times have them.
 * Internal to time_pattern*.c. */
#ifndef NATIVES_TIME_NAMES_H
#define NATIVES_TIME_NAMES_H

/* Their first three letters are their short forms. */
static const char *const TIME_MONTHS[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
static const char *const TIME_WEEKDAYS[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                            "Friday", "Saturday", "Sunday"};
static const char *const TIME_HALVES[] = {"AM", "PM"};

#endif
