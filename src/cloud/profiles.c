#include "cloud/profiles.h"

#include "base/hash.h"
#include "base/mem.h"

enum { SETTINGS_MAX = 100000, TEXT_BYTES_MAX = 16 << 20, NAME_BYTES_MAX = 1024 };

/* One line that counts; texts lie in the profiles' own. */
typedef struct Setting {
    SectionKind kind;
    ProfilesFile file;
    size_t section, section_len;
    size_t name, name_len; /* none: the section itself */
    size_t value, value_len;
} Setting;

struct Profiles {
    ProfilesTrouble trouble;
    void *context;
    Buf texts;    /* of all settings; never moved by less than a whole copy that is wiped */
    Buf settings; /* Setting each */
};

/* The file being read: where it is. */
typedef struct Reading {
    Profiles *profiles;
    ProfilesFile file;
    size_t line;
    bool in_section; /* of a kind that is kept */
    bool passed;     /* in a section that is passed over, so its lines are no trouble */
    SectionKind kind;
    Str section;
    Str above; /* the setting that indented lines belong to; empty: none */
} Reading;

Profiles *profiles_new(ProfilesTrouble trouble, void *context, Error *err)
{
    Profiles *profiles = mem_calloc(1, sizeof *profiles, err);
    if (!profiles)
        return NULL;
    profiles->trouble = trouble;
    profiles->context = context;
    profiles->texts = buf_init(TEXT_BYTES_MAX);
    profiles->settings = buf_init(SETTINGS_MAX * sizeof(Setting));
    return profiles;
}

void profiles_free(Profiles *profiles)
{
    if (!profiles)
        return;
    if (profiles->texts.cap)
        hash_wipe(profiles->texts.ptr, profiles->texts.cap);
    buf_free(&profiles->texts);
    buf_free(&profiles->settings);
    mem_free(profiles);
}

static void tell(const Reading *reading, const char *problem)
{
    const Profiles *profiles = reading->profiles;
    if (profiles->trouble)
        profiles->trouble(profiles->context, reading->file, reading->line, problem);
}

/* Makes room for *more* bytes of texts; what held them before is wiped. */
static bool reserve(Profiles *profiles, size_t more, Error *err)
{
    Buf *texts = &profiles->texts;
    Buf grown = buf_init(texts->max);
    if (texts->cap - texts->len >= more)
        return true;
    size_t twice = texts->cap * 2 > texts->max ? texts->max : texts->cap * 2;
    if (!buf_reserve(&grown, texts->len + more > twice ? texts->len + more : twice, err))
        return false;
    if (!buf_append_str(&grown, buf_str(texts), err)) {
        buf_free(&grown);
        return false;
    }
    if (texts->cap)
        hash_wipe(texts->ptr, texts->cap);
    buf_free(texts);
    *texts = grown;
    return true;
}

/* Appends to the texts; the name of a setting without case. */
static bool keep(Profiles *profiles, Str text, bool folds, size_t *ret_at, Error *err)
{
    *ret_at = profiles->texts.len;
    bool ok = reserve(profiles, text.len, err);
    for (size_t i = 0; ok && i < text.len; i++)
        ok = buf_append_byte(&profiles->texts,
                             (unsigned char)(folds ? str_lower(text.ptr[i]) : text.ptr[i]), err);
    return ok;
}

/* Keeps a setting, or the section alone when *name* is empty. */
static bool add(const Reading *reading, Str name, Str value, Error *err)
{
    Profiles *profiles = reading->profiles;
    Setting setting = {.kind = reading->kind,
                       .file = reading->file,
                       .section_len = reading->section.len,
                       .name_len = name.len,
                       .value_len = value.len};
    return keep(profiles, reading->section, false, &setting.section, err) &&
           keep(profiles, name, true, &setting.name, err) &&
           keep(profiles, value, false, &setting.value, err) &&
           buf_append(&profiles->settings, &setting, sizeof setting, err);
}

/* The name in "profile NAME", which may stand in quotes; false when *kind* is another word. */
static bool read_name(Str header, Str word, Str *ret)
{
    if (!str_starts(header, word) || header.len == word.len ||
        (header.ptr[word.len] != ' ' && header.ptr[word.len] != '\t'))
        return false;
    *ret = str_trim(str_slice(header, word.len, header.len));
    char quote = ret->len > 1 ? ret->ptr[0] : 0;
    if ((quote == '"' || quote == '\'') && ret->ptr[ret->len - 1] == quote)
        *ret = str_slice(*ret, 1, ret->len - 1);
    return ret->len != 0;
}

/* Sections of the config file that have a name. */
static const struct {
    const char *word;
    SectionKind kind;
} NAMED[] = {{"profile", SECTION_PROFILE},
             {"sso-session", SECTION_SSO_SESSION},
             {"services", SECTION_SERVICES}};

/* Which section "[...]" opens; false for one that is passed over. */
static bool name_section(Reading *reading, Str header)
{
    reading->kind = SECTION_PROFILE;
    if (reading->file == PROFILES_CREDENTIALS) {
        reading->section = header;
        return header.len != 0;
    }
    if (str_equal(header, STR("default"))) {
        reading->section = header;
        return true;
    }
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++) {
        reading->kind = NAMED[i].kind;
        if (read_name(header, str_of(NAMED[i].word), &reading->section))
            return true;
    }
    return false;
}

static bool read_section(Reading *reading, Str line, Error *err)
{
    size_t end = str_find_byte(line, ']', 0);
    Str header = str_trim(str_slice(line, 1, end));
    Str behind = str_trim(str_slice(line, end + 1, line.len));
    reading->above = STR("");
    reading->passed = true;
    reading->in_section = false;
    if (end == line.len || (behind.len && behind.ptr[0] != '#' && behind.ptr[0] != ';')) {
        tell(reading, "a section is [name], alone on its line");
        return true;
    }
    reading->in_section = name_section(reading, header);
    reading->passed = !reading->in_section;
    return !reading->in_section || add(reading, STR(""), STR(""), err);
}

/* The value without a comment behind it: ' #' or ' ;'. */
static Str read_value(Str text)
{
    for (size_t i = 1; i < text.len; i++)
        if ((text.ptr[i] == '#' || text.ptr[i] == ';') &&
            (text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\t'))
            return str_trim(str_slice(text, 0, i));
    return str_trim(text);
}

/* An indented line: a setting below the one above it. */
static bool read_below(const Reading *reading, Str name, Str value, Error *err)
{
    char whole[NAME_BYTES_MAX];
    size_t above = reading->above.len, len = above + 1 + name.len;
    if (len > sizeof whole) {
        tell(reading, "the name of a setting is too long");
        return true;
    }
    memcpy(whole, reading->above.ptr, above);
    whole[above] = '.';
    memcpy(whole + above + 1, name.ptr, name.len);
    return add(reading, (Str){whole, len}, value, err);
}

static bool read_setting(Reading *reading, Str line, bool indented, Error *err)
{
    size_t equals = str_find_byte(line, '=', 0);
    Str name = str_trim(str_slice(line, 0, equals));
    if (equals == line.len || !name.len) {
        tell(reading, "a setting is NAME = VALUE");
        return true;
    }
    Str value = read_value(str_slice(line, equals + 1, line.len));
    if (indented && reading->above.len)
        return read_below(reading, name, value, err);
    reading->above = value.len ? STR("") : name;
    return add(reading, name, value, err);
}

static bool read_line(Reading *reading, Str line, Error *err)
{
    Str text = str_trim(line);
    bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
    if (!text.len || text.ptr[0] == '#' || text.ptr[0] == ';')
        return true;
    if (text.ptr[0] == '[' && !indented)
        return read_section(reading, text, err);
    if (reading->in_section)
        return read_setting(reading, text, indented, err);
    if (!reading->passed)
        tell(reading, "a setting before the first section");
    return true;
}

bool profiles_add(Profiles *profiles, ProfilesFile file, Str text, Error *err)
{
    Reading reading = {.profiles = profiles, .file = file, .above = STR("")};
    bool ok = true;
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_slice(text, 3, text.len);
    for (size_t at = 0; ok && at < text.len;) {
        size_t end = str_find_byte(text, '\n', at);
        reading.line++;
        ok = read_line(&reading, str_slice(text, at, end), err);
        at = end + 1;
    }
    return ok || error_context(err, "line %zu", reading.line);
}

static Str text_at(const Profiles *profiles, size_t at, size_t len)
{
    return (Str){profiles->texts.ptr + at, len};
}

/* Where a setting is looked for. */
typedef struct Place {
    SectionKind kind;
    Str section;
    unsigned files; /* a bit for each */
} Place;

enum { BOTH_FILES = 1 << PROFILES_CONFIG | 1 << PROFILES_CREDENTIALS };

/* The last setting of this name, of the credentials file if it has one; NULL when there is none. */
static const Setting *find(const Profiles *profiles, const Place *place, Str name)
{
    const Setting *settings = (const Setting *)(const void *)profiles->settings.ptr;
    size_t count = profiles->settings.len / sizeof *settings;
    const Setting *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const Setting *at = &settings[i];
        if (at->kind == place->kind && (place->files & 1U << at->file) &&
            (!found || at->file >= found->file) &&
            str_equal(text_at(profiles, at->section, at->section_len), place->section) &&
            str_equal_nocase(text_at(profiles, at->name, at->name_len), name))
            found = at;
    }
    return found;
}

static Str value_of(const Profiles *profiles, const Place *place, Str setting)
{
    const Setting *found = setting.len ? find(profiles, place, setting) : NULL;
    return found ? text_at(profiles, found->value, found->value_len) : (Str){NULL, 0};
}

bool profiles_has(const Profiles *profiles, SectionKind kind, Str name)
{
    return find(profiles, &(Place){kind, name, BOTH_FILES}, STR("")) != NULL;
}

Str profiles_get(const Profiles *profiles, SectionKind kind, Str name, Str setting)
{
    return value_of(profiles, &(Place){kind, name, BOTH_FILES}, setting);
}

Str profiles_get_from(const Profiles *profiles, ProfilesFile file, Str name, Str setting)
{
    return value_of(profiles, &(Place){SECTION_PROFILE, name, 1U << file}, setting);
}
