/* redact_detector.h - secrets and personal data in free text.
 *
 * Each detector knows a form that says what it is: a prefix, a check digit, a frame. Pure functions
 * over constant tables, safe for all threads; time in proportion to the text.
 *
 *   access-key     an access key's id: AKIA, ASIA, ABIA or ACCA and 16 capitals or digits
 *   secret-key     40 letters, digits, + and / with a capital, a small letter and a digit among
 *                  them: what an AWS secret key looks like
 *   private-key    from -----BEGIN ... PRIVATE KEY----- to its end
 *   token          JWT, Bearer, and those of AWS sessions, GitHub, GitLab and Slack
 *   email          an address
 *   card           13 to 19 digits of a card brand with a right check digit (ISO/IEC 7812-1, Luhn)
 *   resident-registration-number  a Korean one: a date, a right check digit
 */
#ifndef REDACT_REDACT_DETECTOR_H
#define REDACT_REDACT_DETECTOR_H

#include "base/error.h"
#include "base/str.h"

typedef enum {
    DETECTOR_ACCESS_KEY,
    DETECTOR_SECRET_KEY,
    DETECTOR_PRIVATE_KEY,
    DETECTOR_TOKEN,
    DETECTOR_EMAIL,
    DETECTOR_CARD,
    DETECTOR_RESIDENT,
    DETECTORS,
} RedactDetector;

/* A set of them: bits. */
#define DETECTOR_BIT(detector) (1U << (detector))

/* The detector's name in files, and back; false: there is none. */
const char *redact_detector_name(RedactDetector detector);
bool redact_detector_named(Str name, RedactDetector *ret);

/* The first find of *set* that begins at *from* or behind: bytes [*ret_from, *ret_to). What is
 * found in a text is found in JSON that holds it without escapes, too. */
bool redact_detector_find(unsigned set, Str text, size_t from, size_t *ret_from, size_t *ret_to);

#endif
