// epoll_floor: what a server with one thread costs that does nothing but move
// bytes. It answers GET and SET in RESP from replies made beforehand, looks up
// and keeps nothing, and is meant to be the least that a server on epoll can
// do: what a real one needs beyond it is its own. Given a file, it writes as
// many bytes there as have come in a turn of its loop, durably and in one call,
// before it answers any of them: the least that keeping each write can cost.
//
//   epoll_floor PORT [bytes of a value] [FILE]
//
// On a connection every request is as long as its first, so requests are
// counted by a division: load of one workload, as fastkv_load sends it with
// --workload=get, set or ping. Anything else ends the process.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// All connections share one buffer: nothing is left in it between reads.
constexpr size_t kReadBytes = 64 << 10;
constexpr int kMaxEvents = 256;
// The longest row of replies to one read: that of its shortest requests, PING.
constexpr std::string_view kShortestRequest = "*1\r\n$4\r\nPING\r\n";
constexpr size_t kMaxReplies = kReadBytes / kShortestRequest.size() + 1;

// The same reply, again and again.
struct Replies {
  explicit Replies(const std::string& reply) : size(reply.size()) {
    for (size_t i = 0; i < kMaxReplies; ++i) bytes += reply;
  }

  size_t size;  // of one
  std::string bytes;
};

struct Connection {
  int fd = -1;
  size_t request_size = 0;  // 0: none has been seen
  size_t begun = 0;         // bytes of a request whose end is to come
  const Replies* replies = nullptr;
};

[[noreturn]] void Die(const char* what) {
  std::perror(what);
  std::exit(1);
}

[[noreturn]] void Refuse(const char* why) {
  std::fprintf(stderr, "epoll_floor: %s\n", why);
  std::exit(1);
}

// Reads "*2\r\n" or "$3\r\n" at `*at`, and moves it behind; 0 if it is cut.
size_t HeaderAt(std::string_view input, size_t* at) {
  const size_t end = input.find("\r\n", *at);
  if (end == std::string_view::npos) return 0;
  size_t number = 0;
  std::from_chars(input.data() + *at + 1, input.data() + end, number);
  *at = end + 2;
  return number;
}

// The length of the request that the input begins with; 0 if it is cut.
size_t RequestSize(std::string_view input) {
  size_t at = 0;
  size_t words = HeaderAt(input, &at);
  for (; words > 0 && at < input.size(); --words) {
    const size_t length = HeaderAt(input, &at);
    if (length == 0) return 0;
    at += length + 2;
  }
  return words == 0 && at <= input.size() ? at : 0;
}

// Blocks of a file that are written again and again.
class Disk {
 public:
  explicit Disk(const char* path)
      : fd_(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)),
        blocks_(static_cast<char*>(std::aligned_alloc(kBlockBytes, kBytes))) {
    if (fd_ < 0 || blocks_ == nullptr) Die(path);
    std::fill_n(blocks_, kBytes, 'v');
    if (pwrite(fd_, blocks_, kBytes, 0) != ssize_t{kBytes} || fsync(fd_) != 0) {
      Die(path);
    }
    // A file system that cannot is written to through its cache.
    static_cast<void>(fcntl(fd_, F_SETFL, O_DIRECT));
  }

  // Returns when `size` bytes are durable, with the blocks they begin and end
  // in.
  void Write(size_t size) {
    const size_t before = end_ % kBlockBytes;
    size_t rest = (before + size + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    size_t begin = end_ - before;
    while (rest > 0) {
      if (begin >= kBytes) begin = 0;
      iovec blocks = {blocks_, std::min(rest, kBytes - begin)};
      const ssize_t written =
          pwritev2(fd_, &blocks, 1, static_cast<off_t>(begin), RWF_DSYNC);
      if (written <= 0) Die("pwritev2");
      begin += static_cast<size_t>(written);
      rest -= static_cast<size_t>(written);
    }
    end_ = (end_ + size) % kBytes;
  }

 private:
  static constexpr size_t kBlockBytes = 4096;
  static constexpr size_t kBytes = 4 << 20;

  const int fd_;
  char* const blocks_;
  size_t end_ = 0;
};

class Floor {
 public:
  Floor(int port, size_t value_size, const char* file)
      : get_("$" + std::to_string(value_size) + "\r\n" +
             std::string(value_size, 'v') + "\r\n"),
        set_("+OK\r\n"),
        ping_("+PONG\r\n"),
        disk_(file == nullptr ? nullptr : std::make_unique<Disk>(file)) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listener_.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (epoll_ < 0 || listener_.fd < 0) Die("socket");
    const int on = 1;
    setsockopt(listener_.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_.fd, reinterpret_cast<sockaddr*>(&address),
             sizeof(address)) != 0 ||
        listen(listener_.fd, SOMAXCONN) != 0) {
      Die("bind");
    }
    Watch(&listener_, EPOLLIN);
  }

  [[noreturn]] void Run() {
    epoll_event events[kMaxEvents];
    while (true) {
      const int count = epoll_wait(epoll_, events, kMaxEvents, -1);
      for (int i = 0; i < count; ++i) {
        auto* connection = static_cast<Connection*>(events[i].data.ptr);
        if (connection == &listener_) {
          Accept();
        } else {
          Serve(connection);
        }
      }
      if (!withheld_.empty()) Release();
    }
  }

 private:
  struct Withheld {
    Connection* connection;
    size_t answer;  // its length
  };

  void Watch(Connection* connection, uint32_t events) {
    epoll_event event = {.events = events, .data = {.ptr = connection}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
      Die("epoll_ctl");
    }
  }

  void Accept() {
    auto connection = std::make_unique<Connection>();
    connection->fd = accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection->fd < 0) Die("accept4");
    const int on = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    // By edges: epoll need not look again at a socket that was read empty.
    // From here on it is epoll's, until Serve() closes it.
    Watch(connection.release(), EPOLLIN | EPOLLET);
  }

  void Serve(Connection* connection) {
    while (true) {
      const ssize_t size =
          recv(connection->fd, input_.data(), input_.size(), MSG_DONTWAIT);
      if (size < 0 && errno == EAGAIN) return;
      if (size <= 0) {
        std::erase_if(withheld_, [connection](const Withheld& withheld) {
          return withheld.connection == connection;
        });
        close(connection->fd);
        delete connection;
        return;
      }
      Answer(connection, static_cast<size_t>(size));
      // A short read has emptied the socket; what comes now is a new edge.
      if (static_cast<size_t>(size) < input_.size()) return;
    }
  }

  void Answer(Connection* connection, size_t size) {
    if (connection->request_size == 0) Learn(connection, size);
    const size_t total = connection->begun + size;
    const size_t requests = total / connection->request_size;
    connection->begun = total % connection->request_size;
    const size_t answer = requests * connection->replies->size;
    if (disk_ != nullptr) {
      received_ += size;
      if (answer > 0) withheld_.push_back({connection, answer});
    } else if (answer > 0) {
      Send(connection, answer);
    }
  }

  void Release() {
    disk_->Write(std::exchange(received_, 0));
    for (const Withheld& withheld : withheld_) {
      Send(withheld.connection, withheld.answer);
    }
    withheld_.clear();
  }

  void Send(Connection* connection, size_t answer) {
    if (send(connection->fd, connection->replies->bytes.data(), answer,
             MSG_DONTWAIT | MSG_NOSIGNAL) != static_cast<ssize_t>(answer)) {
      Refuse("a client does not read its replies");
    }
  }

  void Learn(Connection* connection, size_t size) {
    const std::string_view input(input_.data(), size);
    connection->request_size = RequestSize(input);
    if (connection->request_size == 0) {
      Refuse("a first request is cut, or none");
    }
    const std::string_view first = input.substr(0, connection->request_size);
    connection->replies = &ping_;
    if (first.find("\r\nGET\r\n") != std::string_view::npos) {
      connection->replies = &get_;
    } else if (first.find("\r\nSET\r\n") != std::string_view::npos) {
      connection->replies = &set_;
    }
  }

  const Replies get_;
  const Replies set_;
  const Replies ping_;
  const std::unique_ptr<Disk> disk_;
  int epoll_ = -1;
  Connection listener_;
  size_t received_ = 0;  // bytes that are not on disk
  std::vector<Withheld> withheld_;
  std::vector<char> input_ = std::vector<char>(kReadBytes);
};

}  // namespace

int main(int argc, char** argv) {
  const int port = argc > 1 ? std::atoi(argv[1]) : 0;
  if (port <= 0) {
    std::fprintf(stderr, "epoll_floor PORT [bytes of a value] [FILE]\n");
    return 2;
  }
  const int value_size = argc > 2 ? std::atoi(argv[2]) : 64;
  Floor(port, value_size, argc > 3 ? argv[3] : nullptr).Run();
}
