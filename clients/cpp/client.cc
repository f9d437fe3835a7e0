#include "clients/cpp/client.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/request_id.h"
#include "clients/cpp/service_config.h"
#include "clients/cpp/status.h"
#include "fastkv/v1/key_value.grpc.pb.h"
#include "fastkv/v1/pipeline.grpc.pb.h"
#include "fastkv/v1/sorted_set.grpc.pb.h"
#include "fastkv/v1/transaction.grpc.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"

namespace fastkv {
namespace {

// A server that is gone without a word is noticed after these two together.
constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// Between tries to connect. The first is shorter than gRPC's second, so that
// the retries of a call meet a connection, if there can be one.
constexpr int kReconnectMs = 100;
constexpr int kMaxReconnectMs = 2'000;
// Pieces of WriteValue: long enough that a message's cost does not show.
constexpr size_t kChunkBytes = 256 << 10;

grpc::ChannelArguments ArgumentsFrom(const ClientOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(options.max_message_bytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kMaxReconnectMs);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, options.retry);
  if (options.retry) arguments.SetServiceConfigJSON(kServiceConfig);
  if (options.own_connection) {
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  }
  return arguments;
}

}  // namespace

struct Client::Stubs {
  explicit Stubs(std::shared_ptr<grpc::Channel> channel)
      : KeyValueService(v1::KeyValueService::NewStub(channel)),
        SortedSetService(v1::SortedSetService::NewStub(channel)),
        TransactionService(v1::TransactionService::NewStub(channel)),
        PipelineService(v1::PipelineService::NewStub(channel)) {}

  // Named after the services, so that the table of methods finds them.
  const std::unique_ptr<v1::KeyValueService::Stub> KeyValueService;
  const std::unique_ptr<v1::SortedSetService::Stub> SortedSetService;
  const std::unique_ptr<v1::TransactionService::Stub> TransactionService;
  const std::unique_ptr<v1::PipelineService::Stub> PipelineService;

// Invoke(context, request, response): one overload for each request.
#define FASTKV_INVOKE(service, method, request, response, ...)           \
  grpc::Status Invoke(grpc::ClientContext* context,                      \
                      const v1::request& message, v1::response* reply) { \
    return service->method(context, message, reply);                     \
  }
  FASTKV_OPERATIONS(FASTKV_INVOKE)
  FASTKV_OTHER_CALLS(FASTKV_INVOKE)
#undef FASTKV_INVOKE
};

Client::Client(const ClientOptions& options, std::unique_ptr<Stubs> stubs)
    : timeout_(options.timeout),
      retry_(options.retry),
      stubs_(std::move(stubs)) {}

Client::~Client() = default;

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(
    const ClientOptions& options) {
  const std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
      options.target,
      options.credentials ? options.credentials
                          : grpc::InsecureChannelCredentials(),
      ArgumentsFrom(options));
  const absl::Time deadline = absl::Now() + options.connect_timeout;
  if (!channel->WaitForConnected(absl::ToChronoTime(deadline))) {
    return absl::UnavailableError(
        absl::StrCat("no server answers at ", options.target));
  }
  return absl::WrapUnique(
      new Client(options, std::make_unique<Stubs>(channel)));
}

template <typename Request>
absl::StatusOr<ResponseOf<Request>> Client::Call(Request request,
                                                 const CallOptions& options) {
  if (retry_) EnsureRequestId(&request);
  grpc::ClientContext context;
  context.set_deadline(
      absl::ToChronoTime(absl::Now() + options.timeout.value_or(timeout_)));
  ResponseOf<Request> response;
  const grpc::Status status = stubs_->Invoke(&context, request, &response);
  if (!status.ok()) return ToStatus(status);
  return response;
}

#define FASTKV_INSTANTIATE(service, method, request, response, ...) \
  template absl::StatusOr<v1::response> Client::Call(v1::request,   \
                                                     const CallOptions&);
FASTKV_OPERATIONS(FASTKV_INSTANTIATE)
FASTKV_OTHER_CALLS(FASTKV_INSTANTIATE)
#undef FASTKV_INSTANTIATE

absl::StatusOr<v1::OperationResult> Client::CallOperation(
    v1::Operation operation, const CallOptions& options) {
  v1::OperationResult result;
#define FASTKV_CALL_IF(service, method, request, response, field)         \
  if (operation.has_##field()) {                                          \
    auto answer = Call(std::move(*operation.mutable_##field()), options); \
    if (!answer.ok()) return answer.status();                             \
    *result.mutable_##field() = *std::move(answer);                       \
    return result;                                                        \
  }
  FASTKV_OPERATIONS(FASTKV_CALL_IF)
#undef FASTKV_CALL_IF
  return absl::InvalidArgumentError("the operation says nothing to do");
}

std::unique_ptr<Pipeline> Client::OpenPipeline(const PipelineOptions& options) {
  auto context = std::make_unique<grpc::ClientContext>();
  auto stream = stubs_->PipelineService->Pipeline(context.get());
  return std::make_unique<Pipeline>(options, std::move(context),
                                    std::move(stream));
}

std::unique_ptr<EntryStream> Client::StreamEntries(
    const v1::StreamEntriesRequest& request) {
  auto context = std::make_unique<grpc::ClientContext>();
  auto stream = stubs_->KeyValueService->StreamEntries(context.get(), request);
  return std::make_unique<EntryStream>(std::move(context), std::move(stream));
}

absl::StatusOr<absl::optional<v1::ValueHeader>> Client::ReadValue(
    const v1::ReadValueRequest& request,
    absl::FunctionRef<bool(absl::string_view)> sink) {
  grpc::ClientContext context;
  const auto stream = stubs_->KeyValueService->ReadValue(&context, request);
  absl::optional<v1::ValueHeader> header;
  bool wanted = true;
  v1::ReadValueResponse response;
  while (stream->Read(&response)) {
    if (!wanted) continue;  // what came before the cancellation arrived
    if (response.has_header()) header = response.header();
    wanted = response.chunk().empty() || sink(response.chunk());
    if (!wanted) context.TryCancel();
  }
  const grpc::Status status = stream->Finish();
  if (!wanted) return absl::CancelledError("the sink takes no more");
  if (!status.ok()) return ToStatus(status);
  return header;
}

absl::StatusOr<v1::WriteValueResponse> Client::WriteValue(
    v1::WriteValueHeader header,
    absl::FunctionRef<absl::string_view()> source) {
  if (retry_) EnsureRequestId(&header);
  size_t missing = static_cast<size_t>(std::max<int64_t>(header.length(), 0));
  grpc::ClientContext context;
  v1::WriteValueResponse response;
  const auto stream = stubs_->KeyValueService->WriteValue(&context, &response);

  v1::WriteValueRequest request;
  *request.mutable_header() = std::move(header);
  bool open = stream->Write(request);
  request.clear_header();
  bool ended_early = false;
  while (open && missing > 0 && !ended_early) {
    absl::string_view bytes = source().substr(0, missing);
    ended_early = bytes.empty();
    missing -= bytes.size();
    while (open && !bytes.empty()) {
      const absl::string_view chunk = bytes.substr(0, kChunkBytes);
      request.set_chunk(chunk.data(), chunk.size());
      open = stream->Write(request);
      bytes.remove_prefix(chunk.size());
    }
  }
  if (ended_early) context.TryCancel();
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (ended_early)
    return absl::AbortedError("the value ended before its length");
  if (!status.ok()) return ToStatus(status);
  return response;
}

}  // namespace fastkv
