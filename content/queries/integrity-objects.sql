-- title: Objects by their kind and state
-- question: How many log objects are in, and do their counts add up?
-- group: integrity
SELECT kind, state, count(*) AS objects, sum(read) AS records_read, sum(kept) AS kept, sum(duplicate) AS duplicate,
       sum(quarantined) AS quarantined, sum(read - kept - duplicate - quarantined - dropped) AS not_accounted_for
FROM objects
WHERE superseded_by IS NULL
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
