-- title: Accounts and regions without objects
-- question: Which accounts have regions, and days between the first and the last of all, without a log object?
-- group: integrity
WITH keys AS (
  SELECT regexp_extract(key, '/(\d{12})/CloudTrail/', 1) AS account,
         regexp_extract(key, '/CloudTrail/([a-z0-9-]+)/', 1) AS region,
         TRY(CAST(date_parse(regexp_extract(key, '/CloudTrail/[a-z0-9-]+/(\d{4}/\d{2}/\d{2})/', 1), '%Y/%m/%d') AS date)) AS day
  FROM objects
), found AS (
  SELECT DISTINCT account, region, day
  FROM keys
  WHERE account IS NOT NULL AND region IS NOT NULL AND day IS NOT NULL
), days AS (
  SELECT d.day
  FROM (SELECT min(day) AS first_day, max(day) AS last_day FROM found) f
  CROSS JOIN UNNEST(sequence(f.first_day, f.last_day)) AS d (day)
)
SELECT a.account, r.region, count(*) AS days_without, min(days.day) AS first_day, max(days.day) AS last_day
FROM (SELECT DISTINCT account FROM found) a
CROSS JOIN (SELECT DISTINCT region FROM found) r
CROSS JOIN days
LEFT JOIN found f ON f.account = a.account AND f.region = r.region AND f.day = days.day
WHERE f.day IS NULL
GROUP BY 1, 2
ORDER BY 1, 2
