-- Gives lanes that have lost their numbers the head of the change log, which was read after that; or the highest sequence that
-- they were told since. One that has got a number meanwhile, or was lost again, is left as it is.
--
-- KEYS  the number of each lane
-- ARGV  how long it is kept, the head, then for each lane the nonce
-- Reply 1

for i, key in ipairs(KEYS) do
  local number = redis.pcall('GET', key)
  if type(number) == 'string' and #number == 17 and byte(number, 1) == 0 and sub(number, 2, 9) == ARGV[2 + i] then
    local highest = sub(number, 10)
    if below(highest, 1, ARGV[2], 1, 8) then
      highest = ARGV[2]
    end
    -- A full Redis lets the second pass, since the first needs no memory.
    redis.call('PEXPIRE', key, ARGV[1])
    redis.call('SET', key, '\1' .. highest, 'PX', ARGV[1])
  end
end
return 1
