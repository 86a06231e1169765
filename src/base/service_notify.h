/* service_notify.h - tells the service manager how this process is (systemd's sd_notify).
 *
 * A datagram to the socket that NOTIFY_SOCKET names; without one, nothing is told. Any thread.
 */
#ifndef BASE_SERVICE_NOTIFY_H
#define BASE_SERVICE_NOTIFY_H

#include <stdint.h>

/* Sends *state*: lines such as "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=text". What cannot be
 * sent is lost: the manager then sees a service that does not answer. */
void service_notify(const char *state);

/* How often the manager wants WATCHDOG=1, in microseconds: half of what it waits for. 0: never. */
int64_t service_notify_interval_us(void);

#endif
