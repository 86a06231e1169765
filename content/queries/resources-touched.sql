-- title: Resources that were named
-- question: Which resources do records name, and how often?
-- group: audit
-- parameter: arn varchar = '%' -- which resources, as a LIKE pattern
SELECT r.type AS resource_type, r.arn AS resource, count(*) AS calls, max(eventtime) AS last_time
FROM cloudtrail t
CROSS JOIN UNNEST(t.resources) AS u (r)
WHERE r.arn LIKE :arn
GROUP BY 1, 2
ORDER BY calls DESC, 2, 1
LIMIT 200
