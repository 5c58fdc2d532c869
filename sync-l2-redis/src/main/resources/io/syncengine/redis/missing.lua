-- Looks again at items that a plain read did not find: whether they are absent, lost, or of another type.
--
-- KEYS  head, ids, then the key of each item
-- ARGV  length of what stands before an id in a key
-- Reply the head, then for each item its envelope, nothing if it is absent, or 1 if something is wrong with it

local reply = { redis.call('GET', KEYS[1]) }
for i = 3, #KEYS do
  local value = redis.pcall('GET', KEYS[i])
  if type(value) == 'table' then
    reply[i - 1] = 1
  elseif value then
    reply[i - 1] = value
  else
    reply[i - 1] = redis.call('ZSCORE', KEYS[2], string.sub(KEYS[i], ARGV[1] + 1)) and 1
  end
end
return reply
