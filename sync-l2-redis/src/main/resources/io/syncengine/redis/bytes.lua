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

