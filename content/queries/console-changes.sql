-- title: Changes by hand
-- question: Which changes were made in the console rather than by code?
-- group: operations
-- parameter: rows integer = 500 -- how many changes
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventsource, eventname, eventid
FROM cloudtrail
WHERE (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
  AND errorcode IS NULL
  AND (sessioncredentialfromconsole = 'true' -- older records have the client alone
       OR useragent LIKE 'console.%amazonaws.com' OR useragent = 'signin.amazonaws.com' OR useragent LIKE '[S3Console/%')
ORDER BY eventtime DESC, eventid
LIMIT :rows
