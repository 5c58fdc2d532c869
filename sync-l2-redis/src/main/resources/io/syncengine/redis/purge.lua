-- Removes tombstones that were accepted before a time, and raises the horizon to it.
--
-- KEYS  head, tombstones
-- ARGV  database id, time, how many at most, what stands before an id in an item's key
-- Reply how many were removed

local head = redis.call('GET', KEYS[1])
if not head or string.sub(head, 34) ~= ARGV[1] then
  return redis.error_reply('REPLACED another database stands here')
end
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
-- First what frees memory: so the rest is let through by a Redis that is full.
for _, id in ipairs(ids) do
  redis.call('DEL', ARGV[4] .. id)
  redis.call('ZREM', KEYS[2], id)
end
local before = tonumber(ARGV[2])
if before > struct.unpack('>i8', head, 26) then
  redis.call('SET', KEYS[1], string.sub(head, 1, 25) .. struct.pack('>i8', before) .. string.sub(head, 34))
end
return #ids
