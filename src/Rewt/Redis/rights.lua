-- Returns the commands that the current login may not use. It checks the permissions and runs none of the commands.
-- Returns an empty list where permissions cannot be checked (Redis before 7).
-- ARGV: secret, ring, dead, instances, channel, the record of a one-time token, and tenants and their log if the namespace has them.
if redis.acl_check_cmd == nil then return {} end

local keyed = {
  { 'GETRANGE', ARGV[1], '0', '1' }, { 'EXISTS', ARGV[1] }, { 'PTTL', ARGV[1] }, { 'SET', ARGV[1], 'x' }, { 'PEXPIREAT', ARGV[1], '1' },
  { 'HGET', ARGV[2], 'x' }, { 'HGETALL', ARGV[2] }, { 'HSET', ARGV[2], 'x', 'x' }, { 'DEL', ARGV[2] },
  { 'ZRANGE', ARGV[3], '0', '1' }, { 'ZADD', ARGV[3], '1', 'x' }, { 'ZREMRANGEBYSCORE', ARGV[3], '0', '1' },
  { 'ZRANGE', ARGV[4], '0', '1' }, { 'ZADD', ARGV[4], '1', 'x' }, { 'ZREM', ARGV[4], 'x' }, { 'ZREMRANGEBYSCORE', ARGV[4], '0', '1' }, { 'EXPIRE', ARGV[4], '1' },
  { 'SET', ARGV[6], 'x' },
  { 'PUBLISH', ARGV[5], 'x' }, { 'SUBSCRIBE', ARGV[5] },
}
if ARGV[7] then
  for _, command in ipairs({ { 'ZMSCORE', ARGV[7], 'x' }, { 'ZADD', ARGV[7], '1', 'x' }, { 'ZREMRANGEBYSCORE', ARGV[7], '0', '1' }, { 'LPUSH', ARGV[8], 'x' }, { 'LTRIM', ARGV[8], '0', '1' }, { 'LRANGE', ARGV[8], '0', '1' } }) do keyed[#keyed + 1] = command end
end
local plain = { { 'TIME' }, { 'MULTI' }, { 'EXEC' }, { 'EVALSHA', 'x', '0' }, { 'SCRIPT', 'LOAD', 'x' }, { 'INFO' } }

local denied = {}
local function check(command, name)
  -- A command that the server does not know is not a missing permission.
  local asked, allowed = pcall(redis.acl_check_cmd, unpack(command))
  if asked and not allowed then denied[#denied + 1] = name end
end
for _, command in ipairs(keyed) do check(command, command[1] .. ' on ' .. command[2]) end
for _, command in ipairs(plain) do check(command, command[1]) end
return denied
