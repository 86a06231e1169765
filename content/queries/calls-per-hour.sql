-- title: Calls an hour
-- question: How many calls, changes and errors were there in each hour?
-- group: operations
SELECT date_trunc('hour', eventtime) AS hour, count(*) AS calls, count_if(readonly = FALSE) AS changes,
       count(errorcode) AS errors
FROM cloudtrail
GROUP BY 1
ORDER BY 1
