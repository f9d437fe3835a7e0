#ifndef FASTKV_SERVER_RPC_GRPC_STARTUP_LOG_H_
#define FASTKV_SERVER_RPC_GRPC_STARTUP_LOG_H_

#include <string>

namespace kv::server {

// GrpcStartupLog: while it lives, what gRPC logs on this thread is kept instead
// of printed. gRPC tells why an address cannot be had nowhere but in its log,
// in several lines; a failed start is to print one.
//
// Threads    belongs to the thread that made it; one at a time on each.
class GrpcStartupLog {
 public:
  GrpcStartupLog();
  ~GrpcStartupLog();

  GrpcStartupLog(const GrpcStartupLog&) = delete;
  GrpcStartupLog& operator=(const GrpcStartupLog&) = delete;

  // The system's reason ("Address already in use"), or all of the log if that
  // names none.
  std::string Cause() const;

 private:
  std::string text_;
};

}  // namespace kv::server

#endif  // FASTKV_SERVER_RPC_GRPC_STARTUP_LOG_H_
