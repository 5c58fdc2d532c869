-- What comes before each script that writes to a ground truth. The head is the first key, the id of the database that was
-- opened the first argument: what another database holds is not touched.

local head = redis.call('GET', KEYS[1])
if not head or sub(head, 34) ~= ARGV[1] then
  return redis.error_reply('REPLACED another database stands here')
end

