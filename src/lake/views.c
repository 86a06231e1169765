#include "lake/views.h"

/* eventtime is ISO text, readonly 'true' or 'false', the web identity's attributes a map. A NULL
 * struct stays NULL. */
static const char CLOUDTRAIL_LOGS[] =
    "SELECT eventversion,"
    " CASE WHEN useridentity IS NOT NULL THEN {"
    "  'type': useridentity.type, 'principalid': useridentity.principalid,"
    "  'arn': useridentity.arn, 'accountid': useridentity.accountid,"
    "  'invokedby': useridentity.invokedby, 'accesskeyid': useridentity.accesskeyid,"
    "  'username': useridentity.username, 'onbehalfof': useridentity.onbehalfof,"
    "  'sessioncontext': CASE WHEN useridentity.sessioncontext IS NOT NULL THEN {"
    "   'attributes': useridentity.sessioncontext.attributes,"
    "   'sessionissuer': useridentity.sessioncontext.sessionissuer,"
    "   'ec2roledelivery': useridentity.sessioncontext.ec2roledelivery,"
    "   'webidfederationdata':"
    "    CASE WHEN useridentity.sessioncontext.webidfederationdata IS NOT NULL THEN {"
    "    'federatedprovider':"
    "      useridentity.sessioncontext.webidfederationdata.federatedprovider,"
    "    'attributes': TRY_CAST(TRY_CAST("
    "      useridentity.sessioncontext.webidfederationdata.attributes AS JSON)"
    "      AS MAP(VARCHAR, VARCHAR))} END} END} END AS useridentity,"
    " strftime(eventtime, '%Y-%m-%dT%H:%M:%SZ') AS eventtime,"
    " eventsource, eventname, awsregion, sourceipaddress, useragent, errorcode, errormessage,"
    " requestparameters, responseelements, additionaleventdata, requestid, eventid,"
    " CAST(readonly AS VARCHAR) AS readonly,"
    " list_transform(resources, lambda r: {'arn': r.arn, 'accountid': r.accountid,"
    "  'type': r.type}) AS resources,"
    " eventtype, apiversion, recipientaccountid, serviceeventdetails, sharedeventid,"
    " vpcendpointid, vpcendpointaccountid, eventcategory, addendum,"
    " sessioncredentialfromconsole, edgedevicedetails,"
    " CASE WHEN tlsdetails IS NOT NULL THEN {'tlsversion': tlsdetails.tlsversion,"
    "  'ciphersuite': tlsdetails.ciphersuite,"
    "  'clientprovidedhostheader': tlsdetails.clientprovidedhostheader} END AS tlsdetails,"
    " eventtime AS \"$eventtime\", useridentity AS \"$useridentity\","
    " tlsdetails AS \"$tlsdetails\", accesskey_id, principal_arn, session_issuer_arn, year, month,"
    " day, \"timestamp\", filename"
    " FROM ";

bool views_cloudtrail_logs(Buf *out, Error *err)
{
    return buf_append(out, CLOUDTRAIL_LOGS, sizeof CLOUDTRAIL_LOGS - 1, err);
}
