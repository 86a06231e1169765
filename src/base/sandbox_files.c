/* Landlock, by its documentation (Linux: Documentation/userspace-api/landlock.rst). The numbers are
 * written out here because the headers of many systems are older than their kernels. */
#define _GNU_SOURCE /* O_PATH */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/sandbox.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

enum { GET_VERSION = 1, RULE_PATH_BENEATH = 1 };

/* Rights over files; each ABI knows those of RIGHTS_OF_ABI. */
#define RIGHT(bit)  (UINT64_C(1) << (bit))
#define WRITE_FILE  RIGHT(1)
#define READ_FILE   RIGHT(2)
#define READ_DIR    RIGHT(3)
#define REMOVE_DIR  RIGHT(4)
#define REMOVE_FILE RIGHT(5)
#define MAKE_DIR    RIGHT(7)
#define MAKE_REG    RIGHT(8)
#define TRUNCATE    RIGHT(14)

#define RIGHTS_READ (READ_FILE | READ_DIR)
#define RIGHTS_WRITE                                                                               \
    (RIGHTS_READ | WRITE_FILE | TRUNCATE | MAKE_REG | MAKE_DIR | REMOVE_FILE | REMOVE_DIR)

/* struct landlock_ruleset_attr; its size depends on the ABI. */
typedef struct Ruleset {
    uint64_t files;
    uint64_t network; /* from ABI 4 on: 1 bind, 2 connect TCP */
    uint64_t scoped;  /* from ABI 6 on: 1 abstract Unix sockets, 2 signals */
} Ruleset;

/* struct landlock_path_beneath_attr */
typedef struct __attribute__((packed)) PathBeneath {
    uint64_t allowed;
    int32_t parent_fd;
} PathBeneath;

/* How many rights over files an ABI knows, and the size of its Ruleset. */
static const struct {
    unsigned rights;
    size_t size;
} ABIS[] = {{0, 0}, {13, 8}, {14, 8}, {15, 8}, {15, 16}, {16, 16}, {16, 24}};

enum { ABI_NEWEST = sizeof ABIS / sizeof *ABIS - 1 };

static bool add_folder(int ruleset, const char *folder, uint64_t rights, Error *err)
{
    int fd = fault_due(FAULT_SYSCALL) ? -1 : open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot open the folder '%s'", folder);
    const PathBeneath rule = {rights, fd};
    bool ok = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ||
              error_errno(err, "Landlock does not take the folder '%s'", folder);
    close(fd);
    return ok;
}

/* What the engine asks about the machine when it starts, and dies without: how much memory and how
 * many processors its control group gives. A system may have none of it. */
static bool add_machine(int ruleset, Error *err)
{
    static const struct {
        const char *path;
        uint64_t rights;
    } PATHS[] = {{"/proc/self/cgroup", READ_FILE}, {"/sys/fs/cgroup", RIGHTS_READ}};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof PATHS / sizeof *PATHS; i++) {
        int fd = open(PATHS[i].path, O_PATH | O_CLOEXEC);
        if (fd < 0)
            continue;
        const PathBeneath rule = {PATHS[i].rights, fd};
        ok = syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0 ||
             error_errno(err, "Landlock does not take '%s'", PATHS[i].path);
        close(fd);
    }
    return ok;
}

static bool restrict_to(int ruleset, const SandboxOptions *options, uint64_t known, Error *err)
{
    return add_folder(ruleset, options->readable, RIGHTS_READ & known, err) &&
           (!options->linked || add_folder(ruleset, options->linked, RIGHTS_READ & known, err)) &&
           add_folder(ruleset, options->writable, RIGHTS_WRITE & known, err) &&
           add_machine(ruleset, err) &&
           (syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 ||
            error_errno(err, "Landlock does not restrict the process"));
}

bool sandbox_files(const SandboxOptions *options, uint32_t *ret_abi, Error *err)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, GET_VERSION);
    *ret_abi = abi > 0 ? (uint32_t)abi : 0;
    if (abi <= 0)
        return true; /* not built in, not switched on, or not within reach of a container */
    long known = abi < ABI_NEWEST ? abi : ABI_NEWEST;
    const Ruleset rules = {.files = RIGHT(ABIS[known].rights) - 1, .network = 3, .scoped = 3};
    int ruleset = fault_due(FAULT_SYSCALL)
                      ? -1
                      : (int)syscall(SYS_landlock_create_ruleset, &rules, ABIS[known].size, 0);
    if (ruleset < 0)
        return error_errno(err, "Landlock does not take its rules");
    bool ok = restrict_to(ruleset, options, rules.files, err);
    close(ruleset);
    return ok;
}
