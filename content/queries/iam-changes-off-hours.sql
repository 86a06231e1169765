-- title: IAM changes outside of working hours
-- question: Who changed IAM at night, at a weekend or on a holiday?
-- group: incident response
-- parameter: zone varchar = 'UTC' -- the time zone of the office
-- parameter: opens integer = 8 -- the hour at which work begins
-- parameter: closes integer = 19 -- the hour at which work ends
-- parameter: weekend varchar list = '6', '7' -- days of the week without work, from 1 for Monday to 7
-- parameter: holidays date list = NULL -- days without work, as 2026-12-25,2026-12-26
SELECT at_timezone(eventtime, :zone) AS local_time, recipientaccountid, useridentity.arn AS caller, sourceipaddress,
       eventname, requestparameters, eventid
FROM cloudtrail
WHERE eventsource = 'iam.amazonaws.com'
  AND (NOT readonly OR (readonly IS NULL -- older records do not say it
                   AND NOT regexp_like(eventname, '^(Get|List|Describe|Head|Lookup|Search|BatchGet|Assume|Check|Simulate|Generate|Validate|View)')))
  AND errorcode IS NULL
  AND (hour(at_timezone(eventtime, :zone)) < :opens
       OR hour(at_timezone(eventtime, :zone)) >= :closes
       OR CAST(day_of_week(at_timezone(eventtime, :zone)) AS varchar) IN (:weekend)
       OR CAST(at_timezone(eventtime, :zone) AS date) IN (:holidays))
ORDER BY eventtime, eventid
