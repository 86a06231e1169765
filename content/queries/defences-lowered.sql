-- title: Defences that were switched off
-- question: Who switched off GuardDuty, Security Hub, Config, flow logs or Macie?
-- group: incident response
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, eventsource, eventname, errorcode, eventid
FROM cloudtrail
WHERE eventname IN ('DeleteDetector', 'UpdateDetector', 'DisassociateFromMasterAccount', 'DisableSecurityHub',
                    'StopConfigurationRecorder', 'DeleteConfigurationRecorder', 'DeleteDeliveryChannel',
                    'DeleteFlowLogs', 'DisableMacie', 'DeleteIPSet', 'DeleteWebACL')
ORDER BY eventtime DESC
