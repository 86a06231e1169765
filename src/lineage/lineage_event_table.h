/* lineage_event_table.h - what lineage reads of an event: LINEAGE(name, SQL over cloudtrail, JSON).
 *
 * Included where LINEAGE is defined. JSON is the name under which the event's text is shown, "" for
 * one that is not. Places that records differ in are read from both ("cloudtrail-record", 4.3).
 */
#define LINEAGE_UI              "useridentity."
#define LINEAGE_SESSION_CONTEXT "useridentity.sessioncontext."
#define LINEAGE_EITHER(column, member)                                                             \
    "coalesce(useridentity.sessioncontext." column ", json_extract_scalar(extra, "                 \
    "'$.userIdentity.sessionContext.attributes." member "'))"
LINEAGE(ID, "eventid", "event")
LINEAGE(SOURCE, "eventsource", "source")
LINEAGE(NAME, "eventname", "name")
LINEAGE(RECIPIENT, "recipientaccountid", "account")
LINEAGE(REGION, "awsregion", "region")
LINEAGE(ADDRESS, "sourceipaddress", "address")
LINEAGE(AGENT, "useragent", "agent")
LINEAGE(ERROR, "errorcode", "error")
LINEAGE(SHARED, "sharedeventid", "shared_event")
LINEAGE(TYPE, LINEAGE_UI "type", "caller_type")
LINEAGE(PRINCIPAL, LINEAGE_UI "principalid", "caller_id")
LINEAGE(ARN, LINEAGE_UI "arn", "caller")
LINEAGE(OWNER, LINEAGE_UI "accountid", "caller_account")
LINEAGE(KEY, LINEAGE_UI "accesskeyid", "caller_key")
LINEAGE(USER_NAME, LINEAGE_UI "username", "caller_name")
LINEAGE(INVOKED_BY, LINEAGE_UI "invokedby", "invoked_by")
LINEAGE(PROVIDER, LINEAGE_UI "identityprovider", "identity_provider")
LINEAGE(STORE_USER, LINEAGE_UI "onbehalfof.userid", "on_behalf_of")
LINEAGE(STORE, LINEAGE_UI "onbehalfof.identitystorearn", "")
LINEAGE(SCOPE, LINEAGE_UI "inscopeof.sourcearn", "in_scope_of")
LINEAGE(ISSUER_TYPE, LINEAGE_SESSION_CONTEXT "sessionissuer.type", "")
LINEAGE(ISSUER, LINEAGE_SESSION_CONTEXT "sessionissuer.arn", "session_issuer")
LINEAGE(CREATED, LINEAGE_SESSION_CONTEXT "attributes.creationdate", "session_created")
LINEAGE(SOURCE_IDENTITY, LINEAGE_EITHER("sourceidentity", "sourceIdentity"), "source_identity")
LINEAGE(EC2, LINEAGE_EITHER("ec2roledelivery", "ec2RoleDelivery"), "")
LINEAGE(WEB_PROVIDER, LINEAGE_SESSION_CONTEXT "webidfederationdata.federatedprovider", "")
LINEAGE(CONSOLE, "sessioncredentialfromconsole", "")
LINEAGE(ISSUED, "issued_accesskey_id", "issued_key")
LINEAGE(REQUEST, "requestparameters", "")
LINEAGE(RESPONSE, "responseelements", "")
LINEAGE(MORE, "additionaleventdata", "")
LINEAGE(DETAILS, "serviceeventdetails", "")
#undef LINEAGE_UI
#undef LINEAGE_SESSION_CONTEXT
#undef LINEAGE_EITHER
