-- title: Security groups opened to the world
-- question: Who let all addresses in, and to which ports?
-- group: incident response
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller,
       json_extract_scalar(requestparameters, '$.groupId') AS security_group, requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventname = 'AuthorizeSecurityGroupIngress'
  AND (requestparameters LIKE '%0.0.0.0/0%' OR requestparameters LIKE '%::/0%')
ORDER BY eventtime DESC
