/* client.h - which program made a call, by its user agent.
 *
 * decode -> [derive] -> detect. A user agent is what the caller says; it proves nothing. Pure
 * functions on texts; any thread.
 */
#ifndef DERIVE_CLIENT_H
#define DERIVE_CLIENT_H

#include "base/str.h"

/* CLIENT_FAMILY(enum, name); the order is that of docs, programs that people write from SDK on. */
#define CLIENT_FAMILIES(CLIENT_FAMILY)                                                             \
    CLIENT_FAMILY(SERVICE, "service")                                                              \
    CLIENT_FAMILY(CONSOLE, "console")                                                              \
    CLIENT_FAMILY(BROWSER, "browser")                                                              \
    CLIENT_FAMILY(CLI, "cli")                                                                      \
    CLIENT_FAMILY(SDK, "sdk")                                                                      \
    CLIENT_FAMILY(BOTO, "boto")                                                                    \
    CLIENT_FAMILY(TERRAFORM, "terraform")                                                          \
    CLIENT_FAMILY(CLOUDFORMATION, "cloudformation")                                                \
    CLIENT_FAMILY(CDK, "cdk")                                                                      \
    CLIENT_FAMILY(PULUMI, "pulumi")                                                                \
    CLIENT_FAMILY(ANSIBLE, "ansible")                                                              \
    CLIENT_FAMILY(KUBERNETES, "kubernetes")                                                        \
    CLIENT_FAMILY(OTHER, "other")

typedef enum {
    CLIENT_NONE, /* no user agent */
#define CLIENT_FAMILY(name, text) CLIENT_##name,
    CLIENT_FAMILIES(CLIENT_FAMILY)
#undef CLIENT_FAMILY
} ClientFamily;

/* Texts are borrowed from the user agent or last for ever; a NULL pointer is unknown. */
typedef struct Client {
    ClientFamily family;
    Str name;    /* such as Terraform, aws-cli, Firefox, or a service's host name */
    Str version; /* as the agent writes it */
    Str system;  /* linux, macos, windows, android, ios; kali, parrot, pentoo where named */
    Str runs_in; /* the SDK's exec-env, such as CloudShell or AWS_Lambda_python3.12 */
} Client;

/* What a user agent says. Brackets around it are passed over. An agent that fits no line of
 * client_table.h is `other`, with its first word as the name. */
Client client_read(Str user_agent);

/* "cli" and the like; NULL of CLIENT_NONE. */
const char *client_family_name(ClientFamily family);

#endif
