-- title: One event
-- question: What does the record of an event say?
-- group: incident response
-- parameter: id varchar -- the eventID
SELECT *
FROM cloudtrail
WHERE eventid = :id
ORDER BY eventtime, object_id, record_index
