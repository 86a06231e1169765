-- title: Changes of the trails themselves
-- question: Who stopped, deleted or changed a trail or an event data store?
-- group: incident response
SELECT eventtime, recipientaccountid, awsregion, useridentity.arn AS caller, sourceipaddress, eventname,
       requestparameters, errorcode, eventid
FROM cloudtrail
WHERE eventsource = 'cloudtrail.amazonaws.com'
  AND eventname IN ('StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutInsightSelectors',
                    'DeleteEventDataStore', 'UpdateEventDataStore', 'StopEventDataStoreIngestion',
                    'DeregisterOrganizationDelegatedAdmin', 'RemoveTags')
ORDER BY eventtime DESC, eventid
