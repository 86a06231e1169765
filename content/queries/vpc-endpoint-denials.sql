-- title: Calls through VPC endpoints that were refused
-- question: Which calls through VPC endpoints were denied, by the endpoint's policy (VpceAccessDenied) or another?
-- group: incident response
SELECT vpcendpointid,
       coalesce(useridentity.arn, useridentity.invokedby, nullif(useridentity.principalid, ''), useridentity.accountid) AS caller,
       eventsource, eventname, errorcode, count(*) AS refused
FROM cloudtrail
WHERE vpcendpointid IS NOT NULL AND (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%')
GROUP BY 1, 2, 3, 4, 5
ORDER BY refused DESC, 1, 2, 3, 4, 5
