-- title: Changes of IAM
-- question: Who changed users, roles, policies or keys, and which?
-- group: incident response
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, sourceipaddress, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(requestparameters, '$.roleName'),
                json_extract_scalar(requestparameters, '$.groupName')) AS target,
       coalesce(json_extract_scalar(requestparameters, '$.policyArn'), json_extract_scalar(requestparameters, '$.policyName')) AS policy,
       errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'iam.amazonaws.com'
  AND (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
  AND (:account = '%' OR recipientaccountid LIKE :account)
ORDER BY eventtime DESC, eventid
