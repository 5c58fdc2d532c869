-- Removes tombstones that were accepted before a time, and raises the horizon to it.
--
-- KEYS  head, tombstones, tombstone_ids
-- ARGV  database id, the time as digits and as 8 bytes, how many at most, what stands before an id in an item's key
-- Reply how many were removed

local KIND_AT, TOMBSTONE = 18, 1 -- in a stored envelope

local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[4])
-- The first write is one that frees memory, if only that of nothing: a Redis that is full lets the others pass then.
redis.call('ZREM', KEYS[2], '')
for _, id in ipairs(ids) do
  -- Only what is one: the key may have been deleted by hand, and written again.
  local there = redis.pcall('GETRANGE', ARGV[5] .. id, 0, KIND_AT - 1)
  if type(there) == 'string' and byte(there, KIND_AT) == TOMBSTONE then
    redis.call('DEL', ARGV[5] .. id)
  end
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
end
if below(head, 26, ARGV[3], 1, 8) then
  redis.call('SET', KEYS[1], sub(head, 1, 25) .. ARGV[3] .. sub(head, 34))
end
return #ids
