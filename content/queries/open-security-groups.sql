-- title: Security groups opened to the world
-- question: Who let all addresses in, and to which ports?
-- group: incident response
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller,
       coalesce(json_extract_scalar(requestparameters, '$.groupId'), json_extract_scalar(requestparameters, '$.groupName'),
                json_extract_scalar(requestparameters, '$.ModifySecurityGroupRulesRequest.GroupId')) AS security_group,
       coalesce(
         array_join(transform(
           filter(TRY_CAST(json_extract(requestparameters, '$.ipPermissions.items') AS array(json)),
                  i -> regexp_like(json_format(i), '"(0\.0\.0\.0|::)/0"')),
           i -> json_extract_scalar(i, '$.ipProtocol') || ' '
                || coalesce(json_extract_scalar(i, '$.fromPort') || '-' || json_extract_scalar(i, '$.toPort'), 'all')), ', '),
         json_extract_scalar(requestparameters, '$.ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.IpProtocol') || ' '
         || coalesce(json_extract_scalar(requestparameters, '$.ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.FromPort') || '-'
                     || json_extract_scalar(requestparameters, '$.ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.ToPort'), 'all')) AS ports,
       requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventname IN ('AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules')
  AND regexp_like(requestparameters, '"(0\.0\.0\.0|::)/0"')
ORDER BY eventtime DESC, eventid
