-- title: What could not be stored
-- question: Which pieces of which objects are set apart, and why?
-- group: integrity
SELECT reason, stored, count(*) AS pieces, sum(bytes) AS bytes, min(key) AS an_object
FROM quarantine
GROUP BY 1, 2
ORDER BY pieces DESC, 1, 2
