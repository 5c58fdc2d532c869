-- ARGV  then the origin, its position as it was read, and as it is now
-- Reply 1 if it is that now, else 0

local field = 'pos:' .. ARGV[3]
local position = redis.call('HGET', KEYS[1], field)
if not position or #position ~= 8 or below(position, 1, base, 1, 8) then
  position = base
end
if position ~= ARGV[4] then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], field, ARGV[5])
return 1
