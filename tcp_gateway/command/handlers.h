#ifndef FASTKV_TCP_GATEWAY_COMMAND_HANDLERS_H_
#define FASTKV_TCP_GATEWAY_COMMAND_HANDLERS_H_

namespace kv::gateway {

class CommandContext;

// The handlers that the command table names, by family; each family is one
// file beside this one. A handler is called with a number of arguments that its
// row allows, and writes exactly one reply.

namespace strings {
void Append(CommandContext& ctx);
void Decr(CommandContext& ctx);
void DecrBy(CommandContext& ctx);
void Get(CommandContext& ctx);
void Incr(CommandContext& ctx);
void IncrBy(CommandContext& ctx);
void MGet(CommandContext& ctx);
void MSet(CommandContext& ctx);
void Set(CommandContext& ctx);
void StrLen(CommandContext& ctx);
}  // namespace strings

namespace keys {
void DbSize(CommandContext& ctx);
void Del(CommandContext& ctx);
void Exists(CommandContext& ctx);
void Expire(CommandContext& ctx);
void FlushAll(CommandContext& ctx);
void Keys(CommandContext& ctx);
void Persist(CommandContext& ctx);
void PExpire(CommandContext& ctx);
void PTtl(CommandContext& ctx);
void Ttl(CommandContext& ctx);
void Type(CommandContext& ctx);
}  // namespace keys

namespace sorted_sets {
void ZAdd(CommandContext& ctx);
void ZCard(CommandContext& ctx);
void ZCount(CommandContext& ctx);
void ZIncrBy(CommandContext& ctx);
void ZRange(CommandContext& ctx);
void ZRangeByScore(CommandContext& ctx);
void ZRank(CommandContext& ctx);
void ZRem(CommandContext& ctx);
void ZRevRank(CommandContext& ctx);
void ZScore(CommandContext& ctx);
}  // namespace sorted_sets

namespace connection {
void Echo(CommandContext& ctx);
void Ping(CommandContext& ctx);
void Quit(CommandContext& ctx);
}  // namespace connection

namespace server {
void Help(CommandContext& ctx);
void Info(CommandContext& ctx);
}  // namespace server

}  // namespace kv::gateway

#endif  // FASTKV_TCP_GATEWAY_COMMAND_HANDLERS_H_
