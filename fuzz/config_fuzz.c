/* The configuration file: whatever it says, each key has a value of its type afterwards. */
#include <assert.h>
#include <stdint.h>

#include "base/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Error err = {0};
    Config *config = config_new(&err);
    if (!config)
        return 0;
    bool ok = config_read_text(config, (Str){(const char *)data, size}, "spoor.yml", &err);
    assert(ok == (err.kind == ERROR_NONE));
    for (int key = 0; ok && key < CONFIG_COUNT; key++) {
        const ConfigEntry *entry = &CONFIG_TABLE[key];
        const char *text = config_text(config, (ConfigKey)key);
        int64_t number;
        assert(text && config_source(config, (ConfigKey)key));
        if (text[0])
            assert(config_check_value(entry->type, entry->choices, entry->key, str_of(text),
                                      &number, &err));
    }
    config_free(config);
    return 0;
}
