#include "base/service_notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

/* The manager's address; 0 when there is none. A name that begins with '@' is an abstract one. */
static socklen_t find_address(struct sockaddr_un *ret)
{
    const char *name = getenv("NOTIFY_SOCKET");
    size_t len = name ? strlen(name) : 0;
    if (len < 2 || len >= sizeof ret->sun_path || (name[0] != '/' && name[0] != '@'))
        return 0;
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(ret->sun_path, name, len);
    if (name[0] == '@')
        ret->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

void service_notify(const char *state)
{
    struct sockaddr_un address;
    socklen_t len = find_address(&address);
    if (!len)
        return;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, len);
    close(fd);
}

int64_t service_notify_interval_us(void)
{
    const char *wanted = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    uint64_t us, whose;
    if (!wanted || !str_to_u64(str_of(wanted), &us) || us > INT64_MAX)
        return 0;
    if (pid && (!str_to_u64(str_of(pid), &whose) || whose != (uint64_t)getpid()))
        return 0;
    return (int64_t)us / 2;
}
