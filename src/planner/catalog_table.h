/* catalog_table.h - the tables of a lake besides `cloudtrail`, which decode/field_table.h lists.
 *
 * TABLE(name, source, comment, columns): columns as the fields of a row type. Included by
 * catalog.c. `cloudtrail_logs` is AWS's documented table ("athena", section 1), typed as there.
 */
/* clang-format off */
TABLE(cloudtrail_logs, "cloudtrail", "the records as AWS's documented Athena table has them",
    "eventversion varchar, useridentity row(type varchar, principalid varchar, arn varchar, "
    "accountid varchar, invokedby varchar, accesskeyid varchar, username varchar, onbehalfof "
    "row(userid varchar, identitystorearn varchar), sessioncontext row(attributes "
    "row(mfaauthenticated varchar, creationdate varchar), sessionissuer row(type varchar, "
    "principalid varchar, arn varchar, accountid varchar, username varchar), ec2roledelivery "
    "varchar, webidfederationdata row(federatedprovider varchar, attributes map(varchar, "
    "varchar)))), eventtime varchar, eventsource varchar, eventname varchar, awsregion varchar, "
    "sourceipaddress varchar, useragent varchar, errorcode varchar, errormessage varchar, "
    "requestparameters varchar, responseelements varchar, additionaleventdata varchar, requestid "
    "varchar, eventid varchar, readonly varchar, resources array(row(arn varchar, accountid "
    "varchar, type varchar)), eventtype varchar, apiversion varchar, recipientaccountid varchar, "
    "serviceeventdetails varchar, sharedeventid varchar, vpcendpointid varchar, "
    "vpcendpointaccountid varchar, eventcategory varchar, addendum row(reason varchar, "
    "updatedfields varchar, originalrequestid varchar, originaleventid varchar), "
    "sessioncredentialfromconsole varchar, edgedevicedetails varchar, tlsdetails row(tlsversion "
    "varchar, ciphersuite varchar, clientprovidedhostheader varchar)")
TABLE(summary, "cloudtrail", "records counted by hour, caller, call, region and outcome",
    "hour timestamp, recipientaccountid varchar, identity_type varchar, caller varchar, principal "
    "varchar, eventsource varchar, eventname varchar, awsregion varchar, errorcode varchar, outcome "
    "varchar, readonly boolean, action varchar, eventcategory varchar, is_human boolean, is_console "
    "boolean, events bigint, first_time timestamp, last_time timestamp")
TABLE(objects, "", "receipts: what became of each log object",
    "object_id bigint, source varchar, key varchar, etag varchar, bytes bigint, modified timestamp, "
    "kind varchar, state varchar, reason varchar, inflated_bytes bigint, sha256 varchar, read "
    "bigint, kept bigint, duplicate bigint, conflicting bigint, dropped bigint, quarantined bigint, "
    "commit_seq bigint, ingested timestamp, superseded_by bigint, verdict varchar, digest bigint")
TABLE(quarantine, "", "pieces of objects that could not be stored as they came",
    "id bigint, object_id bigint, key varchar, record_index bigint, offset bigint, bytes bigint, "
    "reason varchar, stored boolean, commit_seq bigint, at timestamp")
TABLE(findings, "", "what rules found: signals of one rule and principal that lie near each other",
    "id varchar, rule_id varchar, rule_title varchar, level varchar, account varchar, principal "
    "varchar, episode varchar, first_seen timestamp, last_seen timestamp, signals bigint, "
    "kind varchar, group_by map(varchar, varchar), value double, workflow varchar, assignee varchar, "
    "severity bigint, severity_label varchar, confidence bigint, product varchar, record_state varchar, "
    "region varchar, created timestamp, updated timestamp, given_id varchar, "
    "user_fields map(varchar, varchar), provisional boolean, addresses array(varchar), resources array(varchar), "
    "related array(varchar)")
TABLE(finding_events, "", "events of findings; eventid joins them to cloudtrail",
    "finding_id varchar, eventtime timestamp, eventid varchar, eventsource varchar, eventname varchar, "
    "awsregion varchar, recipientaccountid varchar, principal varchar, sourceipaddress varchar, "
    "errorcode varchar, object_id bigint, record_index bigint")
TABLE(signals, "", "matches of rules on records, as they were ingested",
    "id bigint, rule_id varchar, rule_version varchar, rule_title varchar, level varchar, kind "
    "varchar, eventtime timestamp, eventid varchar, eventsource varchar, eventname varchar, awsregion varchar, "
    "recipientaccountid varchar, principal varchar, sourceipaddress varchar, errorcode varchar, "
    "object_id bigint, record_index bigint, commit_seq bigint, group_by map(varchar, varchar), "
    "threat_lists array(varchar)")
TABLE(metrics, "", "what metric filters counted, by minute, later by five minutes and hours",
    "namespace varchar, metric varchar, dimensions map(varchar, varchar), unit varchar, time "
    "timestamp, period bigint, samples double, total double, minimum double, maximum double, "
    "average double")
TABLE(alarms, "", "alarms on metrics, and composite ones, with their states",
    "name varchar, kind varchar, state varchar, since timestamp, severity varchar, description "
    "varchar, watches varchar, reason varchar, reason_data varchar, evaluated timestamp, held_back "
    "varchar")
TABLE(alarm_history, "", "changes of alarms, and what was told of them",
    "id bigint, alarm varchar, at timestamp, kind varchar, old_state varchar, new_state varchar, "
    "severity varchar, description varchar, reason varchar, reason_data varchar")
/* clang-format on */
