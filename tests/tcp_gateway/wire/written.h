#ifndef FASTKV_TESTS_TCP_GATEWAY_WIRE_WRITTEN_H_
#define FASTKV_TESTS_TCP_GATEWAY_WIRE_WRITTEN_H_

#include <string>

#include "tcp_gateway/wire/output_buffer.h"
#include "tcp_gateway/wire/protocol_writer.h"

namespace kv::gateway {

// All bytes that wait in `buffer`, which is empty afterwards.
inline std::string DrainAll(OutputBuffer* buffer) {
  std::string bytes;
  while (!buffer->empty()) {
    iovec pieces[16];
    const int count = buffer->Gather(pieces, 16);
    size_t size = 0;
    for (int i = 0; i < count; ++i) {
      bytes.append(static_cast<char*>(pieces[i].iov_base), pieces[i].iov_len);
      size += pieces[i].iov_len;
    }
    buffer->Consume(size);
  }
  return bytes;
}

// The bytes that `write` makes `writer` write.
template <typename Write>
std::string Written(ProtocolWriter* writer, Write&& write) {
  OutputBuffer buffer;
  writer->SetOutput(&buffer);
  write(*writer);
  return DrainAll(&buffer);
}

}  // namespace kv::gateway

#endif  // FASTKV_TESTS_TCP_GATEWAY_WIRE_WRITTEN_H_
