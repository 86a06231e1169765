/* yaml_scalar.h - which type a plain scalar of YAML 1.1 has. Internal to yaml*.c. */
#ifndef BASE_YAML_SCALAR_H
#define BASE_YAML_SCALAR_H

#include "base/yaml.h"

/* Gives *node*, a TEXT, the kind and value that its text has without quotes: null, true or yes,
 * 0x17 (23), 017 (15), 1_000, 12:30:45 (base 60), 1.5, .inf, 2024-01-02 ("sigma", section 1). */
void yaml_scalar_resolve(Yaml *node);

#endif
