-- title: Changes of the organisation
-- question: Who changed accounts, policies or delegations of the organisation?
-- group: audit
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'organizations.amazonaws.com' AND readonly = FALSE
ORDER BY eventtime DESC, eventid
