-- title: Rights of an administrator that were given
-- question: Who attached a policy of an administrator, or wrote one that allows everything, and for whom?
-- group: incident response
-- parameter: policies varchar = '(?i)(administrator|poweruser|iamfullaccess)' -- which managed policies, as a regular expression
SELECT eventtime, recipientaccountid, useridentity.arn AS caller, eventname,
       coalesce(json_extract_scalar(requestparameters, '$.userName'), json_extract_scalar(requestparameters, '$.roleName'),
                json_extract_scalar(requestparameters, '$.groupName'),
                json_extract_scalar(requestparameters, '$.permissionSetArn')) AS target,
       coalesce(json_extract_scalar(requestparameters, '$.policyArn'), json_extract_scalar(requestparameters, '$.managedPolicyArn'),
                json_extract_scalar(requestparameters, '$.policyName')) AS policy, errorcode, eventid
FROM cloudtrail
WHERE (eventname IN ('AttachUserPolicy', 'AttachRolePolicy', 'AttachGroupPolicy')
       AND regexp_like(json_extract_scalar(requestparameters, '$.policyArn'), :policies))
   OR (eventname = 'AttachManagedPolicyToPermissionSet'
       AND regexp_like(json_extract_scalar(requestparameters, '$.managedPolicyArn'), :policies))
   OR (eventname IN ('PutUserPolicy', 'PutRolePolicy', 'PutGroupPolicy', 'CreatePolicy', 'CreatePolicyVersion')
       AND eventsource = 'iam.amazonaws.com'
       AND regexp_like(json_extract_scalar(requestparameters, '$.policyDocument'), '"Action"\s*:\s*\[?\s*"\*(:\*)?"'))
ORDER BY eventtime DESC, eventid
