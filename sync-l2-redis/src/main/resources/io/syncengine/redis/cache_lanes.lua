-- Gives the lanes of a space that is about to begin its base as their number. One that has a higher number keeps it, and so
-- does one that waits for the head.
--
-- KEYS  the number of each lane, then the state of the space
-- ARGV  how long it is kept, the base
-- Reply 1

-- Begun meanwhile: a number that is missing now was lost, and may have been above the base.
if redis.call('EXISTS', KEYS[#KEYS]) == 1 then
  return 1
end
for i = 1, #KEYS - 1 do
  local number = redis.pcall('GET', KEYS[i])
  local waits = type(number) == 'string' and #number == 17 and byte(number, 1) == 0
  local higher = type(number) == 'string' and #number == 9 and byte(number, 1) == 1 and below(ARGV[2], 1, number, 2, 8)
  if not waits and not higher then
    redis.call('SET', KEYS[i], '\1' .. ARGV[2], 'PX', ARGV[1])
  end
end
return 1
