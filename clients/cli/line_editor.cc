#include "clients/cli/line_editor.h"

#include <fcntl.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cwchar>
#include <utility>

#include "absl/strings/strip.h"
#include "clients/cli/completion.h"

namespace kv::cli {
namespace {

constexpr int kHistoryLines = 1000;

// SIGINT says so here, since a signal that only interrupts a read is lost if it
// comes a moment before, or to another thread.
int interrupt_pipe[2] = {-1, -1};

class ScopedInterrupt {
 public:
  ScopedInterrupt() {
    if (interrupt_pipe[0] < 0 && pipe2(interrupt_pipe, O_CLOEXEC) != 0) return;
    struct sigaction action = {};
    action.sa_handler = [](int) {
      const int before = errno;
      [[maybe_unused]] const ssize_t written = write(interrupt_pipe[1], "", 1);
      errno = before;
    };
    sigaction(SIGINT, &action, &before_);
    installed_ = true;
  }
  ~ScopedInterrupt() {
    if (installed_) sigaction(SIGINT, &before_, nullptr);
  }

 private:
  struct sigaction before_ = {};
  bool installed_ = false;
};

// Reads a character for the library: 1, 0 at the end, or -1 with an errno;
// EINTR after SIGINT.
int ReadCharacter(EditLine*, wchar_t* character) {
  mbstate_t state = {};
  while (true) {
    pollfd ready[] = {{STDIN_FILENO, POLLIN, 0},
                      {interrupt_pipe[0], POLLIN, 0}};
    if (poll(ready, 2, -1) < 0 && errno != EINTR) return -1;
    char byte;
    if (ready[1].revents & POLLIN) {
      // As the terminal does at Ctrl-C: what was typed before is dropped.
      tcflush(STDIN_FILENO, TCIFLUSH);
      if (read(interrupt_pipe[0], &byte, 1) == 1) errno = EINTR;
      return -1;
    }
    if (ready[0].revents == 0) continue;
    const ssize_t count = read(STDIN_FILENO, &byte, 1);
    if (count <= 0) return static_cast<int>(count);
    switch (mbrtowc(character, &byte, 1, &state)) {
      case static_cast<size_t>(-2):  // a part of a character
        continue;
      case static_cast<size_t>(-1):  // not one in this locale
        *character = static_cast<unsigned char>(byte);
        return 1;
      default:
        return 1;
    }
  }
}

void PrintList(const std::vector<std::string>& words) {
  std::fputc('\n', stdout);
  for (const std::string& word : words) std::printf("%s  ", word.c_str());
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

}  // namespace

struct LineEditor::Library {
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::string prompt;
  Complete complete = nullptr;

  static Library* Of(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return static_cast<Library*>(data);
  }
  static char* Prompt(EditLine* editor) { return Of(editor)->prompt.data(); }
  static unsigned char OnTab(EditLine* editor, wint_t);
};

// Completes as far as there is one way, and else lists the ways.
unsigned char LineEditor::Library::OnTab(EditLine* editor, wint_t) {
  const LineInfo* line = el_line(editor);
  const absl::string_view before(
      line->buffer, static_cast<size_t>(line->cursor - line->buffer));
  const size_t space = before.rfind(' ');
  const absl::string_view word =
      space == absl::string_view::npos ? before : before.substr(space + 1);
  const std::vector<std::string> found = Of(editor)->complete(before);
  if (found.empty()) return CC_ERROR;
  std::string to_insert = CommonPrefix(found);
  const bool only = found.size() == 1;
  if (to_insert.size() == word.size() && !only) {
    PrintList(found);
    return CC_REDISPLAY;
  }
  if (only) to_insert += ' ';
  // The word is replaced: what was typed may be in capitals.
  if (!word.empty()) el_deletestr(editor, static_cast<int>(word.size()));
  el_insertstr(editor, to_insert.c_str());
  return CC_REFRESH;
}

LineEditor::LineEditor(std::string prompt, std::string history_path,
                       Complete complete)
    : library_(std::make_unique<Library>()),
      history_path_(std::move(history_path)) {
  library_->prompt = std::move(prompt);
  library_->complete = complete;
  EditLine* editor = el_init("fastkv-cli", stdin, stdout, stderr);
  library_->editor = editor;
  library_->history = history_init();
  HistEvent event;
  history(library_->history, &event, H_SETSIZE, kHistoryLines);
  history(library_->history, &event, H_SETUNIQUE, 1);
  if (!history_path_.empty()) {
    history(library_->history, &event, H_LOAD, history_path_.c_str());
  }
  el_set(editor, EL_CLIENTDATA, library_.get());
  el_set(editor, EL_PROMPT, &Library::Prompt);
  el_wset(editor, EL_GETCFN, &ReadCharacter);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_HIST, history, library_->history);
  // Wide, because of narrow names the library makes copies that it never frees.
  el_wset(editor, EL_ADDFN, L"complete", L"completes the word",
          &Library::OnTab);
  el_set(editor, EL_BIND, "^I", "complete", nullptr);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(editor, nullptr);
}

LineEditor::~LineEditor() {
  history_end(library_->history);
  el_end(library_->editor);
}

bool LineEditor::ReadLine(std::string* line) {
  ScopedInterrupt interrupt;
  int length = 0;
  const char* text;
  while (true) {
    // Before the prompt is seen, so that a Ctrl-D behind it is a key already.
    el_set(library_->editor, EL_PREP_TERM, 1);
    errno = 0;
    text = el_gets(library_->editor, &length);
    if (text != nullptr || errno != EINTR) break;
    std::fputs("^C\n", stdout);
    el_reset(library_->editor);
  }
  if (text == nullptr || length <= 0) return false;
  *line = std::string(absl::StripSuffix(
      absl::string_view(text, static_cast<size_t>(length)), "\n"));
  if (line->empty()) return true;
  HistEvent event;
  history(library_->history, &event, H_ENTER, line->c_str());
  if (!history_path_.empty()) {
    // Written at once, so that nothing is lost if the shell is killed.
    const mode_t before = umask(077);
    history(library_->history, &event, H_SAVE, history_path_.c_str());
    umask(before);
  }
  return true;
}

}  // namespace kv::cli
