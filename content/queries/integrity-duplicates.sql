-- title: Objects with duplicates
-- question: Which objects held records that were in already?
-- group: integrity
SELECT key, read, duplicate, kept, ingested
FROM objects
WHERE duplicate > 0
ORDER BY duplicate DESC, key
LIMIT 200
