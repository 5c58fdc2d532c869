
-- Reads headers of values and tombstones in the order of their ids' bytes, and the head, as of one moment.
--
-- KEYS  head, ids, tombstone_ids
-- ARGV  lower and upper bound as ZRANGEBYLEX takes them, how many at most, what stands before an id in an item's key
-- Reply the head, then id and fixed part of the envelope of each item; what is there of it if it is cut, nothing if lost

local STORED = 92 -- the fixed part

local function is_first(a, b)
  local n = math.min(#a, #b)
  if sub(a, 1, n) == sub(b, 1, n) then
    return #a < #b
  end
  return below(a, 1, b, 1, n)
end

local limit = tonumber(ARGV[3])
local live = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, limit)
local dead = redis.call('ZRANGEBYLEX', KEYS[3], ARGV[1], ARGV[2], 'LIMIT', 0, limit)
local reply = { redis.call('GET', KEYS[1]) }
local l, d = 1, 1
while #reply <= 2 * limit and (live[l] or dead[d]) do
  local id
  if not dead[d] or live[l] and is_first(live[l], dead[d]) then
    id, l = live[l], l + 1
  else
    -- By hand an id may have come into both.
    id, l, d = dead[d], live[l] == dead[d] and l + 1 or l, d + 1
  end
  local there = redis.pcall('GETRANGE', ARGV[4] .. id, 0, STORED - 1)
  reply[#reply + 1] = id
  reply[#reply + 1] = type(there) == 'string' and there or ''
end
return reply
