-- title: Changes of functions
-- question: Who changed the code or configuration of Lambda functions?
-- group: operations
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, regexp_extract(eventname, '^[A-Za-z]+') AS change,
       json_extract_scalar(requestparameters, '$.functionName') AS function_name, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'lambda.amazonaws.com' AND readonly IS DISTINCT FROM TRUE
  AND regexp_like(eventname, '^(Create|Update|Delete|Publish|Put|Add|Remove)')
ORDER BY eventtime DESC, eventid
