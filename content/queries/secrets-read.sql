-- title: Secrets and parameters that were read
-- question: Who read secrets or decrypted parameters?
-- group: incident response
SELECT useridentity.arn AS caller, eventname, coalesce(json_extract_scalar(requestparameters, '$.secretId'),
       json_extract_scalar(requestparameters, '$.name')) AS secret, count(*) AS times, min(eventtime) AS first_time
FROM cloudtrail
WHERE eventname IN ('GetSecretValue', 'GetParameter', 'GetParameters', 'GetParametersByPath', 'BatchGetSecretValue')
GROUP BY 1, 2, 3
ORDER BY times DESC
