-- title: Changes of the network
-- question: Who changed VPCs, routes, gateways, network ACLs or security groups?
-- group: operations
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventname, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'ec2.amazonaws.com'
  AND (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
  AND regexp_like(eventname, '(Vpc|Route|Gateway|NetworkAcl|SecurityGroup|Subnet)')
ORDER BY eventtime DESC, eventid
