-- title: Defences that were switched off
-- question: Who switched off or weakened GuardDuty, Security Hub, Config, alarms, flow logs, Macie or a firewall?
-- group: incident response
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventsource, eventname, requestparameters, errorcode,
       eventid
FROM cloudtrail
WHERE eventname IN ('DeleteDetector', 'DisassociateFromMasterAccount', 'DisassociateFromAdministratorAccount',
                    'DisassociateMembers', 'DeleteMembers', 'StopMonitoringMembers', 'DeletePublishingDestination',
                    'DisableSecurityHub', 'BatchDisableStandards', 'StopConfigurationRecorder',
                    'DeleteConfigurationRecorder', 'DeleteDeliveryChannel', 'DeleteConfigRule', 'DeleteAlarms',
                    'DisableAlarmActions', 'DeleteFlowLogs', 'DisableMacie', 'DeleteAnalyzer', 'DeleteIPSet', 'DeleteWebACL')
   OR (eventname = 'UpdateDetector' -- not what only sets how often it reports
       AND regexp_like(requestparameters, '(?i)"enable"\s*:\s*false|"status"\s*:\s*"disabled"'))
   OR (eventsource = 'inspector2.amazonaws.com' AND eventname = 'Disable')
ORDER BY eventtime DESC, eventid
