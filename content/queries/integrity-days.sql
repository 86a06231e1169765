-- title: Days without records
-- question: On which days between the first and the last is there no record?
-- group: integrity
WITH seen AS (SELECT DISTINCT CAST(eventtime AS date) AS day FROM cloudtrail),
     pairs AS (SELECT day, lead(day) OVER (ORDER BY day) AS next_day FROM seen)
SELECT date_add('day', 1, day) AS first_day,
       date_add('day', -1, next_day) AS last_day,
       date_diff('day', day, next_day) - 1 AS days
FROM pairs
WHERE date_diff('day', day, next_day) > 1
ORDER BY 1
