-- Reads live items in the order of their ids' bytes, and the head, as of one moment.
--
-- KEYS  head, ids
-- ARGV  lower and upper bound as ZRANGEBYLEX takes them, how many at most, what stands before an id in an item's key
-- Reply the head, then id and envelope of each item; nothing for an envelope that is lost or of another type

local ids = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
local reply = { redis.call('GET', KEYS[1]) }
for i, id in ipairs(ids) do
  local value = redis.pcall('GET', ARGV[4] .. id)
  reply[2 * i] = id
  reply[2 * i + 1] = type(value) == 'string' and value
end
return reply
