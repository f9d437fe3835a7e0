#include "tcp_gateway/worker.h"

#include <unistd.h>

#include <utility>

#include "tcp_gateway/client_connection.h"
#include "tcp_gateway/net/listener.h"

namespace kv::gateway {
namespace {

// As many are in use at once as connections are served together; with a log
// that is synced, as wait for it.
constexpr size_t kSpareOutputs = ConnectionSet::kMaxReceived;

}  // namespace

absl::StatusOr<std::unique_ptr<Worker>> Worker::Create(
    const GatewayOptions& options, CommandService* service) {
  absl::StatusOr<std::unique_ptr<EventLoop>> loop = EventLoop::Create();
  if (!loop.ok()) return loop.status();
  return std::unique_ptr<Worker>(
      new Worker(*std::move(loop), options, service));
}

Worker::Worker(std::unique_ptr<EventLoop> loop, const GatewayOptions& options,
               CommandService* service)
    : options_(options),
      service_(*service),
      loop_(std::move(loop)),
      mailbox_(std::make_shared<Mailbox>(loop_, options.max_message_backlog,
                                         [this] { RunOrders(); })),
      connections_(loop_.get(), options.connection_limits),
      withheld_(options.commit_gate, loop_,
                [this](uint64_t connection) { Release(connection); }) {
  connections_.set_serving_handler(&joint_execution_);
}

Worker::~Worker() { Join(); }

void Worker::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Worker::Run() {
  loop_->Run();
  mailbox_->End();
  // Sessions end on the thread that served them.
  connections_.CloseAll();
}

void Worker::Join() {
  if (!thread_.joinable()) return;
  loop_->Stop();
  thread_.join();
}

void Worker::Drain() {
  loop_->Post([this] { connections_.DrainAll(); });
}

void Worker::SetIdleTimeout(int64_t timeout_ms) {
  loop_->Post([this, timeout_ms] { connections_.SetIdleTimeout(timeout_ms); });
}

void Worker::Adopt(int fd, uint64_t id, const sockaddr_storage& peer) {
  adopted_.Add(1);
  loop_->Post([this, fd, id, peer] { AddConnection(fd, id, peer); });
}

void Worker::AddConnection(int fd, uint64_t id, const sockaddr_storage& peer) {
  const std::string peer_name = FormatAddress(peer);
  const std::string local_name = LocalAddress(fd);
  std::unique_ptr<Session> session =
      service_.NewSession({.ref = ConnectionRef(mailbox_, id),
                           .peer = peer_name,
                           .local = local_name});
  connections_.Add(
      std::make_unique<ClientConnection>(fd, id, std::move(session), this));
}

const Framer& Worker::FramerOf(Protocol protocol) const {
  switch (protocol) {
    case Protocol::kUnknown:
    case Protocol::kText:
      return text_framer_;
    case Protocol::kResp2:
    case Protocol::kResp3:
      return resp_framer_;
    case Protocol::kLegacy:
      return legacy_framer_;
  }
  return text_framer_;
}

ProtocolWriter* Worker::ChooseWriter(Protocol protocol) {
  switch (protocol) {
    case Protocol::kUnknown:
    case Protocol::kText:
      return &text_writer_;
    case Protocol::kResp2:
    case Protocol::kResp3:
      resp_writer_.set_resp3(protocol == Protocol::kResp3);
      return &resp_writer_;
    case Protocol::kLegacy:
      return &legacy_writer_;
  }
  return &text_writer_;
}

ProtocolWriter* Worker::WriterOf(Protocol protocol, OutputBuffer* output) {
  ProtocolWriter* writer = ChooseWriter(protocol);
  writer->SetOutput(output);
  return writer;
}

std::unique_ptr<OutputBuffer> Worker::TakeOutput() {
  if (spare_outputs_.empty()) return std::make_unique<OutputBuffer>();
  std::unique_ptr<OutputBuffer> output = std::move(spare_outputs_.back());
  spare_outputs_.pop_back();
  return output;
}

void Worker::ReturnOutput(std::unique_ptr<OutputBuffer> output) {
  if (spare_outputs_.size() < kSpareOutputs) {
    spare_outputs_.push_back(std::move(output));
  }
}

void Worker::Release(uint64_t connection) {
  if (Connection* released = connections_.Find(connection)) {
    released->Continue();
  }
}

void Worker::RunOrders() {
  mailbox_->Take(&orders_);
  for (Mailbox::Order& order : orders_) {
    // Every connection of a worker is a client's.
    auto* client =
        static_cast<ClientConnection*>(connections_.Find(order.connection));
    if (client == nullptr) continue;
    if (order.task == nullptr) {
      client->DropForBacklog();
    } else {
      client->RunTask(order.task);
    }
  }
  orders_.clear();
}

}  // namespace kv::gateway
