#include "lake/views.h"

#include "decode/field.h"

typedef struct Column {
    const char *name, *expression; /* NULL: the table's own */
} Column;

/* eventtime is ISO text, readonly 'true' or 'false', the web identity's attributes a map. A NULL
 * struct stays NULL. */
static const Column CLOUDTRAIL_LOGS[] = {
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
    {NULL, NULL},
};

#define MAP(column)                                                                                \
    {                                                                                              \
        column, "TRY_CAST(athena_json_texts(" column ") AS MAP(VARCHAR, VARCHAR))"                 \
    }
#define RAW(column)                                                                                \
    {                                                                                              \
        "$" column, column                                                                         \
    }

/* The expression of eventjson, which is of all columns. */
static const char RECORD[] = "record";

static const Column CLOUDTRAIL_LAKE[] = {
    {"eventversion", NULL},
    {"useridentity", NULL},
    {"eventtime", NULL},
    {"eventsource", NULL},
    {"eventname", NULL},
    {"awsregion", NULL},
    {"sourceipaddress", NULL},
    {"useragent", NULL},
    {"errorcode", NULL},
    {"errormessage", NULL},
    MAP("requestparameters"),
    MAP("responseelements"),
    MAP("additionaleventdata"),
    {"requestid", NULL},
    {"eventid", NULL},
    {"readonly", NULL},
    {"resources", NULL},
    {"eventtype", NULL},
    {"apiversion", NULL},
    {"managementevent", NULL},
    {"recipientaccountid", NULL},
    {"sharedeventid", NULL},
    {"vpcendpointid", NULL},
    {"vpcendpointaccountid", NULL},
    MAP("serviceeventdetails"),
    {"addendum", "CASE WHEN addendum IS NOT NULL THEN MAP {'reason': addendum.reason,"
                 " 'updatedFields': addendum.updatedfields,"
                 " 'originalRequestID': addendum.originalrequestid,"
                 " 'originalEventID': addendum.originaleventid} END"},
    MAP("edgedevicedetails"),
    MAP("insightdetails"),
    {"eventcategory", NULL},
    {"tlsdetails", NULL},
    {"sessioncredentialfromconsole", NULL},
    {"eventjson", RECORD},
    RAW("requestparameters"),
    RAW("responseelements"),
    RAW("additionaleventdata"),
    RAW("serviceeventdetails"),
    {"$addendum", "CASE WHEN addendum IS NOT NULL THEN CAST(to_json({'reason': addendum.reason,"
                  " 'updatedFields': addendum.updatedfields,"
                  " 'originalRequestID': addendum.originalrequestid,"
                  " 'originalEventID': addendum.originaleventid}) AS VARCHAR) END"},
    RAW("edgedevicedetails"),
    RAW("insightdetails"),
    {"accesskey_id", NULL},
    {"principal_arn", NULL},
    {"session_issuer_arn", NULL},
    {NULL, NULL},
};

static bool put_record(Buf *out, Error *err)
{
    FieldNode columns[FIELD_COUNT];
    size_t count = field_record_columns(columns);
    bool ok = buf_printf(out, err, "athena_record(");
    for (size_t i = 0; ok && i < count; i++)
        ok = buf_printf(out, err, "%s%.*s", i ? ", " : "", STR_ARG(FIELDS[columns[i]].column));
    return ok && buf_append_byte(out, ')', err);
}

static bool put_column(Buf *out, const Column *column, Error *err)
{
    const char *expression = column->expression;
    if (expression == RECORD && !put_record(out, err))
        return false;
    return (!expression || expression == RECORD || buf_append_str(out, str_of(expression), err)) &&
           buf_printf(out, err, "%s\"%s\", ", expression ? " AS " : "", column->name);
}

static bool put_columns(Buf *out, const Column *columns, Str asked, Error *err)
{
    bool ok = buf_printf(out, err, "SELECT ");
    for (; ok && columns->name; columns++)
        ok = !str_has_name(asked, str_of(columns->name)) || put_column(out, columns, err);
    return ok && buf_printf(out, err, "filename FROM ");
}

bool views_of(Str table)
{
    return str_equal(table, STR("cloudtrail_logs")) || str_equal(table, STR("cloudtrail_lake"));
}

bool views_select(Buf *out, Str table, Str asked, Error *err)
{
    return put_columns(out,
                       str_equal(table, STR("cloudtrail_logs")) ? CLOUDTRAIL_LOGS : CLOUDTRAIL_LAKE,
                       asked, err);
}
