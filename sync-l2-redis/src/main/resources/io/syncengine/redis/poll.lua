-- Reads rows of the change log, and the head, as of one moment.
--
-- KEYS  head, changes
-- ARGV  the first sequence, how many at most, how many bytes after which no more are read
-- Reply the head, then the rows as XRANGE gives them

local PIECE = 16

local rows, bytes = {}, 0
local from, left = ARGV[1] .. '-0', tonumber(ARGV[2])
while left > 0 and bytes < tonumber(ARGV[3]) do
  local wanted = math.min(PIECE, left)
  local piece = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', wanted)
  for _, row in ipairs(piece) do
    rows[#rows + 1] = row
    for _, word in ipairs(row[2]) do
      bytes = bytes + #word
    end
    from = '(' .. row[1]
  end
  left = #piece < wanted and 0 or left - wanted
end
return { redis.call('GET', KEYS[1]), rows }
