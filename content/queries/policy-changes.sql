-- title: Policies of IAM that were changed
-- question: Which policies were changed, by whom, and for whom?
-- group: audit
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.policyArn'), json_extract_scalar(requestparameters, '$.policyName'),
                json_extract_scalar(requestparameters, '$.permissionsBoundary')) AS policy,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(requestparameters, '$.roleName'),
                json_extract_scalar(requestparameters, '$.groupName')) AS target, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'iam.amazonaws.com'
  AND (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
  AND regexp_like(eventname, '(Policy|PolicyVersion|PermissionsBoundary)$')
ORDER BY eventtime DESC, eventid
