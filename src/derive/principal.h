/* principal.h - who called: one stable key whatever the session, and whether a person did.
 *
 * decode -> [derive] -> detect. Pure functions on the fields of userIdentity; any thread. A key is
 * the same for all sessions of a user, role or service, and never made of an access key:
 *
 *   type                 key, the first that can be made               session name
 *   Root                 arn; arn:P:iam::ACCOUNT:root                  -
 *   IAMUser              arn; arn:P:iam::ACCOUNT:user/NAME;            -
 *                        principalId
 *   AssumedRole          sessionIssuer.arn; the role of the session's  behind ':' of principalId;
 *                        arn, without its path; principalId before     behind the arn's last '/'
 *                        ':'
 *   Role                 arn; sessionIssuer.arn; principalId           as AssumedRole
 *   FederatedUser        arn; principalId                              behind ':' of principalId
 *   SAMLUser,            identityProvider:userName; principalId        -
 *   WebIdentityUser
 *   IdentityCenterUser   onBehalfOf.identityStoreArn/user/userId;      -
 *                        userId; principalId
 *   Directory            arn; principalId; userName                    -
 *   AWSService           invokedBy; principalId                        -
 *   AWSAccount           anonymous; principalId before ':';            behind ':' of principalId
 *                        arn:P:iam::ACCOUNT:root
 *   none, other          arn; principalId before ':'; invokedBy;       behind ':' of principalId
 *                        userName; arn:P:iam::ACCOUNT:root
 *
 * A call that a service makes on a user's behalf (invokedBy beside a user's or role's identity) is
 * the user's or role's. P is the partition of an ARN in the record, else aws. Source:
 * "cloudtrail-record", section 4.
 *
 * is_console: the session's credentials are from the console (sessionCredentialFromConsole), or the
 * record is one of the console's (eventType AwsConsoleSignIn or AwsConsoleAction), or a console's
 * server sent the user agent.
 *
 * is_human, by the first line that fits; with no identity at all it is unknown:
 *   yes  is_console, unless AWSService, or the user agent is that of a program (families sdk, boto
 *        to kubernetes, other): credentials can be taken out of the console
 *   no   AWSService; a service-linked role (path aws-service-role); a session that a machine got:
 *        ec2RoleDelivery, inScopeOf, or named i-... after its instance
 *   yes  Root, SAMLUser, IdentityCenterUser, Directory
 *   yes  onBehalfOf names a user; the role is IAM Identity Center's (AWSReservedSSO_...)
 *   yes  mfaAuthenticated is true: somebody typed a code
 *   yes  WebIdentityUser of Google, Amazon or Facebook
 *   yes  IAMUser by a browser or a command line that does not say that it runs in a service
 *   no   everything else: no sign of a person, which is no proof that there was none
 * Sources: "cloudtrail-record", section 4; the IAM Identity Center guide for AWSReservedSSO. The
 * lines for command lines are a rule of thumb: scripts run them, too.
 */
#ifndef DERIVE_PRINCIPAL_H
#define DERIVE_PRINCIPAL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "derive/client.h"

/* Fields of userIdentity; a NULL pointer is absent. Flags are "true" or "false", as written. */
typedef struct PrincipalInput {
    Str type, principal_id, arn, account_id, user_name, invoked_by, identity_provider;
    Str on_behalf_of_user, on_behalf_of_store; /* onBehalfOf.userId and .identityStoreArn */
    Str in_scope_of;                           /* inScopeOf.issuerType */
    Str issuer_arn;                            /* sessionContext.sessionIssuer.arn */
    Str mfa_authenticated;                     /* sessionContext.attributes */
    Str ec2_role_delivery;                     /* sessionContext.ec2RoleDelivery */
} PrincipalInput;

typedef struct Principal {
    Str key;          /* NULL pointer: no identity */
    Str session_name; /* NULL pointer: none */
} Principal;

typedef enum { PRINCIPAL_UNKNOWN, PRINCIPAL_NO, PRINCIPAL_YES } PrincipalAnswer;

/* The key and session name; they borrow from the input or lie in *arena*. False with *err* when the
 * arena is full. */
bool principal_read(const PrincipalInput *input, Arena *arena, Principal *ret, Error *err)
    __attribute__((warn_unused_result));

/* Whether the console was used, by the rule above. */
bool principal_is_console(Str event_type, Str from_console, const Client *client);

/* What the rules for is_human look at: of the identity, and of the client. */
enum {
    PRINCIPAL_KNOWN = 1,
    PRINCIPAL_SERVICE = 2,
    PRINCIPAL_MACHINE = 4,
    PRINCIPAL_PERSON = 8,
    PRINCIPAL_USER = 16,
    PRINCIPAL_BY_PROGRAM = 32,
    PRINCIPAL_BY_HAND = 64,
};

/* The traits of an identity, and of a client: each can be kept by distinct value. */
unsigned principal_traits(const PrincipalInput *input, const Principal *principal);
unsigned principal_client_traits(const Client *client);

/* Whether a person called, by the traits of both together. */
PrincipalAnswer principal_judge(unsigned traits, bool is_console);

/* Whether a person called, by the rules above. */
PrincipalAnswer principal_is_human(const PrincipalInput *input, const Principal *principal,
                                   const Client *client, bool is_console);

#endif
