/**
 * A key is a hash that expires: `token` and `fingerprint` while somebody is at it; `fingerprint`, `status`, `headers` and
 * `body` when it has been done. Only who names the token may change it, and the token goes with the answer.
 */

/** In: key; token, fingerprint, lease in ms. Out: nothing when it is ours now; [fingerprint, ms left]; or [fingerprint, status, headers, body]. */
export const CLAIM_SCRIPT = `
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'token', 'status', 'headers', 'body')
if not found[1] then
  redis.call('HSET', KEYS[1], 'token', ARGV[1], 'fingerprint', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {}
end
if found[2] then return { found[1], tostring(redis.call('PTTL', KEYS[1])) } end
return { found[1], found[3], found[4], found[5] }
`;

/** In: key; token, lease in ms. Out: 1, or 0 when the claim is not ours. */
export const RENEW_SCRIPT = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/** In: key; token, time to keep it in ms, status, headers, body. Out: 1, or 0 when the claim is not ours. */
export const COMPLETE_SCRIPT = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'token')
redis.call('HSET', KEYS[1], 'status', ARGV[3], 'headers', ARGV[4], 'body', ARGV[5])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`;

/** In: key; token. Out: 1, or 0 when the claim is not ours. */
export const RELEASE_SCRIPT = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;
