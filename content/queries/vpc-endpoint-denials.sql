-- title: Calls that an endpoint's policy refused
-- question: Which calls through VPC endpoints were denied?
-- group: incident response
SELECT vpcendpointid, useridentity.arn AS caller, eventsource, eventname, count(*) AS refused
FROM cloudtrail
WHERE vpcendpointid IS NOT NULL AND (errorcode LIKE '%AccessDenied%' OR errorcode = 'VpceAccessDenied')
GROUP BY 1, 2, 3, 4
ORDER BY refused DESC
