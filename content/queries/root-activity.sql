-- title: What root users did
-- question: Which calls did the root user of an account make, and from where?
-- group: incident response
-- parameter: account varchar = '%' -- which accounts, as a LIKE pattern
SELECT recipientaccountid, eventtime, eventsource, eventname, sourceipaddress, useragent,
       useridentity.sessioncontext.assumedroot AS assumed_root, errorcode, eventid
FROM cloudtrail
WHERE useridentity.type = 'Root'
  AND useridentity.invokedby IS NULL
  AND eventtype IS DISTINCT FROM 'AwsServiceEvent'
  AND (:account = '%' OR recipientaccountid LIKE :account)
ORDER BY eventtime DESC, eventid
