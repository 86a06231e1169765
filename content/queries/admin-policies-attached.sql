-- title: Administrator policies that were attached
-- question: Who attached a policy of an administrator, and to whom?
-- group: incident response
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(requestparameters, '$.roleName'),
                json_extract_scalar(requestparameters, '$.groupName')) AS target,
       json_extract_scalar(requestparameters, '$.policyArn') AS policy, errorcode, eventid
FROM cloudtrail
WHERE eventname IN ('AttachUserPolicy', 'AttachRolePolicy', 'AttachGroupPolicy')
  AND regexp_like(json_extract_scalar(requestparameters, '$.policyArn'), '(?i)(administrator|fullaccess|poweruser)')
ORDER BY eventtime DESC
