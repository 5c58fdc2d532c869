-- ARGV  then the base as it was read, as it is now, and its tag
-- Reply 1 if it is that now, else 0

if base ~= ARGV[3] then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'base', ARGV[4], 'tag', ARGV[5])
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if sub(field, 1, 4) == 'pos:' then
    local position = redis.call('HGET', KEYS[1], field)
    if #position ~= 8 or not below(ARGV[4], 1, position, 1, 8) then
      redis.call('HDEL', KEYS[1], field)
    end
  end
end
return 1
