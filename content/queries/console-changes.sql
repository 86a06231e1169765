-- title: Changes by hand
-- question: Which changes were made in the console rather than by code?
-- group: operations
-- parameter: rows integer = 500 -- how many changes
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventsource, eventname, eventid
FROM cloudtrail
WHERE readonly = FALSE AND errorcode IS NULL
  AND (sessioncredentialfromconsole = 'true' -- older records have the client alone
       OR useragent LIKE 'console.%amazonaws.com' OR useragent = 'signin.amazonaws.com' OR useragent LIKE '[S3Console/%')
ORDER BY eventtime DESC, eventid
LIMIT :rows
