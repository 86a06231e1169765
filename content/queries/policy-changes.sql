-- title: Policies that were changed
-- question: Which policies were changed, by whom, and for whom?
-- group: audit
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.policyArn'), json_extract_scalar(requestparameters, '$.policyName')) AS policy,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(requestparameters, '$.roleName'),
                json_extract_scalar(requestparameters, '$.groupName')) AS target, errorcode, eventid
FROM cloudtrail
WHERE regexp_like(eventname, '(RolePolicy|UserPolicy|GroupPolicy|CreatePolicy|DeletePolicy|PolicyVersion)$')
  AND readonly = FALSE
ORDER BY eventtime DESC
