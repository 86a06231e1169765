#include "base/service_notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/support.h"

/* A manager's socket of this name: '@' begins an abstract one. */
static int listen_as(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    return fd;
}

static void assert_told(const char *name)
{
    char text[100] = "";
    int fd = listen_as(name);
    setenv("NOTIFY_SOCKET", name, 1);
    service_notify("READY=1\nSTATUS=listening");
    assert_int_equal(read(fd, text, sizeof text - 1), 24);
    assert_string_equal(text, "READY=1\nSTATUS=listening");
    close(fd);
    unsetenv("NOTIFY_SOCKET");
}

static void the_manager_is_told(void **state)
{
    char name[100];
    (void)state;
    snprintf(name, sizeof name, "@spoor-test-%d", (int)getpid());
    assert_told(name);
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    service_notify("READY=1");
    setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
    service_notify("READY=1");
    setenv("NOTIFY_SOCKET", "relative", 1);
    service_notify("READY=1");
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(service_notify_interval_us(), 0);
}

static void the_watchdog_is_answered_twice_as_often(void **state)
{
    char pid[20];
    (void)state;
    setenv("WATCHDOG_USEC", "30000000", 1);
    assert_int_equal(service_notify_interval_us(), 15000000);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(service_notify_interval_us(), 15000000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(service_notify_interval_us(), 0);
    unsetenv("WATCHDOG_PID");
    setenv("WATCHDOG_USEC", "soon", 1);
    assert_int_equal(service_notify_interval_us(), 0);
    unsetenv("WATCHDOG_USEC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manager_is_told),
        cmocka_unit_test(without_a_manager_nothing_happens),
        cmocka_unit_test(the_watchdog_is_answered_twice_as_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
