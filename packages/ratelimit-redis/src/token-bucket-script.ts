/**
 * Takes from a token bucket on the server's clock. The state is two numbers, tokens and when they were counted; a refusal
 * writes nothing. The key expires when the bucket would be full, which is what a missing key means.
 * In: the key; tokens per ms, burst, cost. Out: allowed (1 or 0), remaining, ms until it would be allowed.
 *
 * Source: the generic cell rate in its bucket form, ITU-T I.371 annex A.
 */
export const TOKEN_BUCKET_SCRIPT = `
local perMs, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000

local state = redis.pcall('HMGET', KEYS[1], 'tokens', 'at')
if state.err then
  if not string.find(state.err, 'WRONGTYPE', 1, true) then return state end
  redis.call('DEL', KEYS[1])
  state = {}
end
local tokens, at = burst, now
if state[1] and state[2] then
  at = tonumber(state[2])
  tokens = math.min(burst, tonumber(state[1]) + math.max(0, now - at) * perMs)
end

local function keep(left)
  redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', left), 'at', string.format('%.17g', now))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.min(math.ceil((burst - left) / perMs) + 1000, 1e14)))
end

local missing = cost - tokens
-- Sums of fractions are never quite what they should be.
if missing > 1e-6 then
  -- The clock was set back: who waits for it to come to where it was may wait for hours.
  if at > now then keep(tokens) end
  return { 0, math.floor(tokens + 1e-6), math.ceil(missing / perMs) }
end
keep(math.max(0, tokens - cost))
return { 1, math.floor(math.max(0, tokens - cost) + 1e-6), 0 }
`;
