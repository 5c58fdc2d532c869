-- Makes a new ground truth where there is none, brings one of format 1 to format 2, and tells what stands there.
--
-- KEYS  head, meta, changes, ids, tombstones, tombstone_ids, readers, and one that is never there
-- ARGV  1 if it may be made; the new head; then name and value of each entry of meta
-- Reply the head, then the entries of meta

local nothing = KEYS[8]
if ARGV[1] == '1' then
  -- Whether the user may run what the scripts run. None of it writes anything, and the first is let through by a Redis that
  -- is full, as all after it are then.
  redis.call('DEL', nothing)
  redis.call('ZREM', nothing, '')
  redis.call('ZADD', nothing, 'XX', 0, '')
  redis.call('SET', nothing, '', 'XX')
  redis.call('XADD', nothing, 'NOMKSTREAM', '1-0', 'tag', '')
  redis.call('XTRIM', nothing, 'MINID', '1-0')
  redis.call('HSET', nothing, 'x', '')
  redis.call('HDEL', nothing, 'x')
end
redis.call('GETRANGE', nothing, 0, 0)
redis.call('ZCARD', nothing)
redis.call('ZSCORE', nothing, '')
redis.call('ZRANGEBYLEX', nothing, '-', '+')
redis.call('ZRANGEBYSCORE', nothing, 0, 0)
redis.call('XRANGE', nothing, '-', '+')
redis.call('XREVRANGE', nothing, '+', '-')

if ARGV[1] == '1' and redis.call('EXISTS', unpack(KEYS, 1, 7)) == 0 then
  redis.call('HSET', KEYS[2], unpack(ARGV, 3))
  redis.call('SET', KEYS[1], ARGV[2])
end
local meta, by_name = redis.call('HGETALL', KEYS[2]), {}
for i = 1, #meta, 2 do
  by_name[meta[i]] = meta[i + 1]
end
if ARGV[1] == '1' and by_name.format == '1' and by_name.readable_from == '1' then
  -- The tombstones by id came with format 2. Meta comes last: what is cut short is done again.
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', '+inf')) do
    redis.call('ZADD', KEYS[6], 0, id)
  end
  redis.call('HSET', KEYS[2], 'format', 2, 'readable_from', 2)
  meta = redis.call('HGETALL', KEYS[2])
end
return { redis.call('GET', KEYS[1]), meta }
