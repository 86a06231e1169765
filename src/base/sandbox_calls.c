/* The seccomp filter: a program for the kernel's packet machine (Linux: seccomp_filter.rst). It has
 * one register; a call's block is entered with the number of the call in it, and a block that loads
 * an argument always ends with a verdict. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/sandbox.h"

#if defined(__x86_64__)
enum { HAS_FILTER = true };
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
enum { HAS_FILTER = true };
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
enum { HAS_FILTER = false };
#define ARCHITECTURE 0
#endif

/* Calls above this number are newer than the table. */
enum { CALL_NEWEST = 462, X32_CALLS = 0x40000000, PROGRAM_MAX = 1024, VALUES_MAX = 16 };

enum { THREAD_FLAG = 0x00010000 }; /* CLONE_THREAD */

/* CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET */
#define NAMESPACE_FLAGS 0x7e020000U

enum { NAME_MEMORY = 0x53564d41 }; /* PR_SET_VMA */

#define DENY          (SECCOMP_RET_ERRNO | EPERM)
#define ABSENT_ANSWER (SECCOMP_RET_ERRNO | ENOSYS)

typedef enum {
    RULE_ALLOW,
    RULE_THREAD,
    RULE_NO_EXEC,
    RULE_FCNTL,
    RULE_PRCTL,
    RULE_OWN,
    RULE_NO_ADDRESS,
    RULE_NO_CHANGE,
    RULE_ABSENT,
} Rule;

static const struct {
    uint32_t number;
    Rule rule;
} CALLS[] = {
#define CALL(name, rule) {SYS_##name, RULE_##rule},
#include "base/sandbox_call_table.h"
#undef CALL
};

typedef struct Program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short len;
} Program;

static void put(Program *program, int code, uint32_t value, unsigned yes, unsigned no)
{
    if (program->len < PROGRAM_MAX)
        program->code[program->len++] = (struct sock_filter){
            (unsigned short)code, (unsigned char)yes, (unsigned char)no, value};
}

static void give(Program *program, uint32_t verdict)
{
    put(program, BPF_RET | BPF_K, verdict, 0, 0);
}

static void load(Program *program, size_t offset)
{
    put(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* The low or the high half of an argument. */
static void load_argument(Program *program, unsigned index, bool high)
{
    load(program, offsetof(struct seccomp_data, args) + 8 * index + (high ? 4 : 0));
}

/* Allowed when the low half of the argument is one of *count* values. */
static void give_if_one_of(Program *program, unsigned index, const uint32_t *values, unsigned count)
{
    load_argument(program, index, false);
    for (unsigned i = 0; i < count; i++)
        put(program, BPF_JMP | BPF_JEQ | BPF_K, values[i], count - i, 0);
    give(program, DENY);
    give(program, SECCOMP_RET_ALLOW);
}

/* Allowed when the argument is a NULL pointer. */
static void give_if_null(Program *program, unsigned index)
{
    load_argument(program, index, false);
    put(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
    load_argument(program, index, true);
    put(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
    give(program, SECCOMP_RET_ALLOW);
    give(program, DENY);
}

static void give_if_thread(Program *program)
{
    load_argument(program, 0, false);
    put(program, BPF_JMP | BPF_JSET | BPF_K, THREAD_FLAG, 0, 2);
    put(program, BPF_JMP | BPF_JSET | BPF_K, NAMESPACE_FLAGS, 1, 0);
    give(program, SECCOMP_RET_ALLOW);
    give(program, DENY);
}

static void give_if_no_exec(Program *program)
{
    load_argument(program, 2, false);
    put(program, BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1);
    give(program, DENY);
    give(program, SECCOMP_RET_ALLOW);
}

/* The verdict over a call whose number matched. */
static void put_rule(Program *program, Rule rule)
{
    static const uint32_t FCNTLS[] = {
        F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD,  F_SETFD, F_GETFL, F_SETFL,
        F_GETLK, F_SETLK,         F_SETLKW, 36,      37,      38 /* F_OFD_ GETLK, SETLK, SETLKW */};
    static const uint32_t PRCTLS[] = {PR_SET_NAME, PR_GET_NAME, NAME_MEMORY};
    const uint32_t own = (uint32_t)getpid();
    switch (rule) {
    case RULE_ALLOW:
        give(program, SECCOMP_RET_ALLOW);
        return;
    case RULE_THREAD:
        give_if_thread(program);
        return;
    case RULE_NO_EXEC:
        give_if_no_exec(program);
        return;
    case RULE_FCNTL:
        give_if_one_of(program, 1, FCNTLS, sizeof FCNTLS / sizeof *FCNTLS);
        return;
    case RULE_PRCTL:
        give_if_one_of(program, 0, PRCTLS, sizeof PRCTLS / sizeof *PRCTLS);
        return;
    case RULE_OWN:
        give_if_one_of(program, 0, &own, 1);
        return;
    case RULE_NO_ADDRESS:
        give_if_null(program, 4);
        return;
    case RULE_NO_CHANGE:
        give_if_null(program, 2);
        return;
    case RULE_ABSENT:
        give(program, ABSENT_ANSWER);
        return;
    }
}

static void put_call(Program *program, uint32_t number, Rule rule)
{
    unsigned short at = program->len;
    put(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 0);
    put_rule(program, rule);
    if (at < PROGRAM_MAX)
        program->code[at].jf = (unsigned char)(program->len - at - 1);
}

static void write_program(Program *program)
{
    load(program, offsetof(struct seccomp_data, arch));
    put(program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    give(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(struct seccomp_data, nr));
    put(program, BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1);
    give(program, SECCOMP_RET_KILL_PROCESS);
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS; i++)
        put_call(program, CALLS[i].number, CALLS[i].rule);
    put(program, BPF_JMP | BPF_JGT | BPF_K, CALL_NEWEST, 0, 1);
    give(program, ABSENT_ANSWER);
    give(program, DENY);
}

bool sandbox_calls(bool *ret_done, Error *err)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    *ret_done = HAS_FILTER && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
    if (!*ret_done)
        return true;
    Program program = {.len = 0};
    write_program(&program);
    if (program.len == PROGRAM_MAX)
        return error_set(err, ERROR_SYSTEM, "the filter of system calls is too long");
    struct sock_fprog filter = {program.len, program.code};
    return (!fault_due(FAULT_SYSCALL) && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                                 SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0) ||
           error_errno(err, "the kernel does not take the filter of system calls");
}
