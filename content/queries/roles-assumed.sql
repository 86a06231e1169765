-- title: Roles that were assumed
-- question: Which roles, and sessions of root users, are assumed, by whom, and how often?
-- group: operations
SELECT coalesce(json_extract_scalar(requestparameters, '$.roleArn'),
                'root of ' || json_extract_scalar(requestparameters, '$.targetPrincipal')) AS role,
       coalesce(useridentity.arn, useridentity.invokedby, useridentity.username, useridentity.principalid) AS assumed_by,
       count(*) AS times, count(errorcode) AS errors, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventsource = 'sts.amazonaws.com'
  AND eventname IN ('AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity', 'AssumeRoot')
GROUP BY 1, 2
ORDER BY times DESC, 1, 2
LIMIT 200
