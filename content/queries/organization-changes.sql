-- title: Changes of the organisation
-- question: Who changed accounts, policies or delegations of the organisation?
-- group: audit
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'organizations.amazonaws.com'
  AND (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
ORDER BY eventtime DESC, eventid
