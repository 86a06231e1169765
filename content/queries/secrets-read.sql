-- title: Secrets and parameters that were read
-- question: Who read secrets or decrypted parameters, how often, and how often in vain?
-- group: incident response
SELECT coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       eventname, coalesce(json_extract_scalar(requestparameters, '$.secretId'), json_extract_scalar(requestparameters, '$.name'),
                           json_extract_scalar(requestparameters, '$.path'), json_format(json_extract(requestparameters, '$.names')),
                           json_format(json_extract(requestparameters, '$.secretIdList'))) AS secret,
       count(*) AS times, count(errorcode) AS errors, min(eventtime) AS first_time, max(eventtime) AS last_time
FROM cloudtrail
WHERE eventname IN ('GetSecretValue', 'BatchGetSecretValue')
   OR (eventname IN ('GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory')
       AND json_extract_scalar(requestparameters, '$.withDecryption') = 'true')
GROUP BY 1, 2, 3
ORDER BY times DESC, 1, 2, 3
