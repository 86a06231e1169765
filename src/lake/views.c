#include "lake/views.h"

/* eventtime is ISO text, readonly 'true' or 'false', the web identity's attributes a map. A NULL
 * struct stays NULL. A column without an expression is the table's own. */
static const struct {
    const char *name, *expression;
} CLOUDTRAIL_LOGS[] = {
    {"eventversion", NULL},
    {"useridentity",
     "CASE WHEN useridentity IS NOT NULL THEN {"
     "'type': useridentity.type, 'principalid': useridentity.principalid,"
     " 'arn': useridentity.arn, 'accountid': useridentity.accountid,"
     " 'invokedby': useridentity.invokedby, 'accesskeyid': useridentity.accesskeyid,"
     " 'username': useridentity.username, 'onbehalfof': useridentity.onbehalfof,"
     " 'sessioncontext': CASE WHEN useridentity.sessioncontext IS NOT NULL THEN {"
     "'attributes': useridentity.sessioncontext.attributes,"
     " 'sessionissuer': useridentity.sessioncontext.sessionissuer,"
     " 'ec2roledelivery': useridentity.sessioncontext.ec2roledelivery,"
     " 'webidfederationdata':"
     " CASE WHEN useridentity.sessioncontext.webidfederationdata IS NOT NULL THEN {"
     "'federatedprovider':"
     " useridentity.sessioncontext.webidfederationdata.federatedprovider,"
     " 'attributes': TRY_CAST(TRY_CAST("
     "useridentity.sessioncontext.webidfederationdata.attributes AS JSON)"
     " AS MAP(VARCHAR, VARCHAR))} END} END} END"},
    {"eventtime", "strftime(eventtime, '%Y-%m-%dT%H:%M:%SZ')"},
    {"eventsource", NULL},
    {"eventname", NULL},
    {"awsregion", NULL},
    {"sourceipaddress", NULL},
    {"useragent", NULL},
    {"errorcode", NULL},
    {"errormessage", NULL},
    {"requestparameters", NULL},
    {"responseelements", NULL},
    {"additionaleventdata", NULL},
    {"requestid", NULL},
    {"eventid", NULL},
    {"readonly", "CAST(readonly AS VARCHAR)"},
    {"resources", "list_transform(resources, lambda r: {'arn': r.arn, 'accountid':"
                  " r.accountid, 'type': r.type})"},
    {"eventtype", NULL},
    {"apiversion", NULL},
    {"recipientaccountid", NULL},
    {"serviceeventdetails", NULL},
    {"sharedeventid", NULL},
    {"vpcendpointid", NULL},
    {"vpcendpointaccountid", NULL},
    {"eventcategory", NULL},
    {"addendum", NULL},
    {"sessioncredentialfromconsole", NULL},
    {"edgedevicedetails", NULL},
    {"tlsdetails", "CASE WHEN tlsdetails IS NOT NULL THEN {'tlsversion':"
                   " tlsdetails.tlsversion, 'ciphersuite': tlsdetails.ciphersuite,"
                   " 'clientprovidedhostheader': tlsdetails.clientprovidedhostheader} END"},
    {"$eventtime", "eventtime"},
    {"$useridentity", "useridentity"},
    {"$tlsdetails", "tlsdetails"},
    {"accesskey_id", NULL},
    {"principal_arn", NULL},
    {"session_issuer_arn", NULL},
    {"year", NULL},
    {"month", NULL},
    {"day", NULL},
    {"timestamp", NULL},
    {"partition", NULL},
};

bool views_cloudtrail_logs(Buf *out, Str asked, Error *err)
{
    bool ok = buf_printf(out, err, "SELECT ");
    for (size_t i = 0; ok && i < sizeof CLOUDTRAIL_LOGS / sizeof *CLOUDTRAIL_LOGS; i++) {
        Str name = str_of(CLOUDTRAIL_LOGS[i].name);
        const char *expression = CLOUDTRAIL_LOGS[i].expression;
        if (!str_has_name(asked, name))
            continue;
        ok = (!expression || buf_printf(out, err, "%s AS ", expression)) &&
             buf_printf(out, err, "\"%.*s\", ", STR_ARG(name));
    }
    return ok && buf_printf(out, err, "filename FROM ");
}
