-- What comes before each script that writes. The head is the first key, the id of the database that was opened the first
-- argument: what another database holds is not touched.

local byte, sub = string.byte, string.sub

-- Whether n bytes are below n others. Not by <, which asks the locale.
local function below(a, a_at, b, b_at, n)
  for i = 0, n - 1 do
    local x, y = byte(a, a_at + i), byte(b, b_at + i)
    if x ~= y then
      return x < y
    end
  end
  return false
end

local head = redis.call('GET', KEYS[1])
if not head or sub(head, 34) ~= ARGV[1] then
  return redis.error_reply('REPLACED another database stands here')
end

