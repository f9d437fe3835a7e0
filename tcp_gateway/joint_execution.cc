#include "tcp_gateway/joint_execution.h"

#include "tcp_gateway/worker.h"

namespace kv::gateway {
namespace {

// A batch with more requests than this is executed rather than filled up: to
// cut a connection's pipeline costs more than it saves.
constexpr size_t kEnoughRequests = RequestBatch::kMaxRequests / 2;

}  // namespace

JointExecution::JointExecution(Worker* worker) : worker_(*worker) {
  starts_.reserve(ConnectionSet::kMaxReceived);
}

void JointExecution::BeforeServing(absl::Span<const Received> received) {
  RequestBatch& batch = worker_.batch();
  batch.Clear();
  starts_.clear();
  for (const Received& each : received) {
    if (each.connection->closed()) continue;
    if (batch.size() > kEnoughRequests || batch.full()) ExecuteBatch();
    // Every connection of a worker is a client's.
    auto* client = static_cast<ClientConnection*>(each.connection);
    const size_t before = batch.size();
    if (!client->ParseAhead(each.input, &starts_.emplace_back())) continue;
    clients_.push_back(client);
    portions_.push_back({client->session(), batch.size() - before});
  }
  ExecuteBatch();
}

void JointExecution::ExecuteBatch() {
  rest_ = worker_.batch().Requests();
  worker_.service().Execute(rest_, portions_, worker_.loop().unix_ms(), *this);
  worker_.batch().Clear();
  clients_.clear();
  portions_.clear();
}

ReplyWriter& JointExecution::Begin(size_t portion) {
  writer_ = clients_[portion]->BeginAhead();
  return *writer_;
}

void JointExecution::End(size_t portion, size_t done) {
  const size_t size = portions_[portion].size;
  clients_[portion]->EndAhead(writer_, rest_.subspan(0, size), done);
  rest_.remove_prefix(size);
}

}  // namespace kv::gateway
