-- title: Roles that were assumed
-- question: Which roles are assumed, by whom, and how often?
-- group: operations
SELECT json_extract_scalar(requestparameters, '$.roleArn') AS role,
       coalesce(useridentity.arn, useridentity.invokedby, useridentity.username, useridentity.principalid) AS assumed_by,
       count(*) AS times, count(errorcode) AS errors, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventname IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity')
GROUP BY 1, 2
ORDER BY times DESC, 1, 2
LIMIT 200
