-- title: Reads of S3 in bulk
-- question: Who read many objects of a bucket within an hour?
-- group: incident response
-- parameter: reads integer = 100 -- objects within the hour
SELECT date_trunc('hour', eventtime) AS hour,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       sourceipaddress, json_extract_scalar(requestparameters, '$.bucketName') AS bucket, count(*) AS reads,
       sum(TRY_CAST(TRY_CAST(json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') AS double) AS bigint)) AS bytes
FROM cloudtrail
WHERE eventsource = 's3.amazonaws.com' AND eventname = 'GetObject' AND errorcode IS NULL
GROUP BY 1, 2, 3, 4
HAVING count(*) >= :reads
ORDER BY reads DESC, 1, 2, 3, 4
