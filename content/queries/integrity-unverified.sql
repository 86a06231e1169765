-- title: Log objects that no digest vouches for
-- question: In which accounts and regions are days with log objects, but without a digest file of CloudTrail?
-- group: integrity
WITH keys AS (
  SELECT kind, regexp_extract(key, '/(\d{12})/CloudTrail(-[A-Za-z]+)?/', 1) AS account,
         regexp_extract(key, '/CloudTrail(-[A-Za-z]+)?/([a-z0-9-]+)/', 2) AS region,
         TRY(CAST(date_parse(regexp_extract(key, '/CloudTrail(-[A-Za-z]+)?/[a-z0-9-]+/(\d{4}/\d{2}/\d{2})/', 2), '%Y/%m/%d') AS date)) AS day
  FROM objects
), days AS (
  SELECT account, region, day, count_if(kind <> 'digest') AS objects
  FROM keys
  GROUP BY 1, 2, 3
  HAVING count_if(kind = 'digest') = 0
)
SELECT account, region, sum(objects) AS objects, count(day) AS days, min(day) AS first_day, max(day) AS last_day
FROM days
GROUP BY 1, 2
ORDER BY 1, 2
