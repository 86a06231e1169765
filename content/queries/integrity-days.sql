-- title: Days without records
-- question: On which days between the first and the last is there no record?
-- group: integrity
WITH seen AS (SELECT DISTINCT CAST(eventtime AS date) AS day FROM cloudtrail),
     days AS (SELECT d.day FROM (SELECT min(day) AS first_day, max(day) AS last_day FROM seen) s
              CROSS JOIN UNNEST(sequence(s.first_day, s.last_day)) AS d (day))
SELECT days.day
FROM days LEFT JOIN seen ON seen.day = days.day
WHERE seen.day IS NULL
ORDER BY 1
