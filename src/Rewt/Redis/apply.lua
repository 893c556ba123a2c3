-- Writes a plan if the secret and the ring have not changed since they were read. Returns 1 when written, 0 when not.
-- KEYS: secret, ring, dead.
-- ARGV: 1 secret existed ("1"/"0"), 2 its value, 3 the ring's stamp, 4 set ("1") or keep ("0"), 5 new value, 6 expire at ("" = keep), 7 now,
-- 8 channel, 9 message, 10 number of ring arguments, then field and value pairs, then forget-at and key-id pairs of the revoked keys.
local function value(reply)
  if type(reply) == 'table' or not reply then return '' end
  return reply
end

-- Limited to the length that a reader reads (SecretSlot.MaximumBytes), so that the comparison is cheap whatever the value.
local secret = redis.pcall('GETRANGE', KEYS[1], 0, 8192)
if type(secret) == 'table' then return 0 end
if redis.call('EXISTS', KEYS[1]) ~= tonumber(ARGV[1]) or secret ~= ARGV[2] then return 0 end

local stamp = value(redis.pcall('HGET', KEYS[2], 'epoch')) .. '|' .. value(redis.pcall('HGET', KEYS[2], 'version'))
if stamp ~= ARGV[3] then return 0 end

-- Raises an error for a key of another type, before anything is written.
redis.call('ZRANGE', KEYS[3], 0, 0)

-- Permissions are checked before the first write, because a refused command would end the script after a part of the change. In Redis before version 7,
-- the check is not available.
for _, command in ipairs({
  { 'SET', KEYS[1], 'x', 'KEEPTTL' }, { 'PEXPIREAT', KEYS[1], '1' }, { 'DEL', KEYS[2] }, { 'HSET', KEYS[2], 'x', 'x' },
  { 'ZREMRANGEBYSCORE', KEYS[3], '-inf', '1' }, { 'ZADD', KEYS[3], '1', 'x' },
}) do
  local isChecked, isAllowed = pcall(redis.acl_check_cmd, (unpack or table.unpack)(command))
  if isChecked and not isAllowed then
    return redis.error_reply('NOPERM this user has no permissions to run ' .. command[1] .. ' on ' .. command[2])
  end
end

-- A secret that is only sealed again keeps its TTL, which may have been shortened since the read.
if ARGV[4] == '1' then redis.call('SET', KEYS[1], ARGV[5], 'KEEPTTL') end
if ARGV[6] ~= '' then redis.call('PEXPIREAT', KEYS[1], ARGV[6]) end

-- The stamp of the tenants is stored with the ring, but is not part of what a writer of the ring has read.
local tenants = value(redis.pcall('HGET', KEYS[2], 'tenants'))
local last = 10 + tonumber(ARGV[10])
redis.call('DEL', KEYS[2])
for i = 11, last, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
if tenants ~= '' then redis.call('HSET', KEYS[2], 'tenants', tenants) end

redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[7])
for i = last + 1, #ARGV, 2 do redis.call('ZADD', KEYS[3], ARGV[i], ARGV[i + 1]) end

-- Only a hint: a login without permission to publish must still be able to write.
redis.pcall('PUBLISH', ARGV[8], ARGV[9])
return 1
