#include "findings/severity.h"

/* Bands, the lowest first; the level of a band is that at which it begins. */
static const struct {
    const char *label;
    int least;
    RuleLevel level;
} BANDS[] = {
    {"INFORMATIONAL", 0, LEVEL_INFORMATIONAL},
    {"LOW", 1, LEVEL_LOW},
    {"MEDIUM", 40, LEVEL_MEDIUM},
    {"HIGH", 70, LEVEL_HIGH},
    {"CRITICAL", 90, LEVEL_CRITICAL},
};

enum { BAND_COUNT = sizeof BANDS / sizeof *BANDS, BEYOND = 101 };

static int band_of(int severity)
{
    int band = BAND_COUNT - 1;
    while (band > 0 && severity < BANDS[band].least)
        band--;
    return band;
}

int severity_of_level(RuleLevel level)
{
    for (int i = 0; i < BAND_COUNT; i++)
        if (BANDS[i].level == level)
            return BANDS[i].least;
    return 0;
}

RuleLevel severity_level(int severity)
{
    return BANDS[band_of(severity)].level;
}

const char *severity_label(int severity)
{
    return BANDS[band_of(severity)].label;
}

int severity_of_label(Str label)
{
    for (int i = 0; i < BAND_COUNT; i++)
        if (str_equal(label, str_of(BANDS[i].label)))
            return BANDS[i].least;
    return -1;
}

int severity_next_band(int severity)
{
    int band = band_of(severity);
    return band + 1 < BAND_COUNT ? BANDS[band + 1].least : BEYOND;
}
