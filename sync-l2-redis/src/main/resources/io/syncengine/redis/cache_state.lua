-- Begins a space, if that is asked for, and tells what is known of it, and who it is that knows.
--
-- KEYS  the state of the space
-- ARGV  how long it is kept, 0 to leave that as it is; to begin it: base, its tag, a nonce, then the servers that it is told
--       to, of which this one has to be
-- Reply what this server says of its replication, then the fields and values of the state

local replication = redis.call('INFO', 'replication')
local there = redis.pcall('HGETALL', KEYS[1])
if there.err then
  -- Not ours.
  if ARGV[2] then
    redis.call('DEL', KEYS[1])
  end
  there = {}
end
if #there > 0 then
  if ARGV[1] ~= '0' and redis.call('PTTL', KEYS[1]) < ARGV[1] * 0.75 then
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
  end
elseif ARGV[2] then
  local fields, here = { 'base', ARGV[2], 'tag', ARGV[3], 'born', ARGV[4] }, false
  for i = 5, #ARGV do
    here = here or string.find(replication, 'master_replid:' .. ARGV[i], 1, true)
    fields[#fields + 1] = 'node:' .. ARGV[i]
    fields[#fields + 1] = ''
  end
  if here then
    redis.call('HSET', KEYS[1], unpack(fields))
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    there = redis.call('HGETALL', KEYS[1])
  end
end
return { replication, there }
