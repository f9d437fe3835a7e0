#ifndef FASTKV_CLIENTS_CLI_LINE_EDITOR_H_
#define FASTKV_CLIENTS_CLI_LINE_EDITOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kv::cli {

// LineEditor: reads lines from a terminal, with editing keys, a history that
// lasts, and completion with Tab. Emacs keys, or what ~/.editrc says.
//
// Owns       the terminal's mode while it reads.
// Threads    one only, and one editor a process: signals are the process's.
class LineEditor {
 public:
  using Complete = std::vector<std::string> (*)(absl::string_view to_cursor);

  // The history is read from this file and written to it; empty: it is not
  // kept. The file is for its owner's eyes only: lines have values in them.
  LineEditor(std::string prompt, std::string history_path, Complete complete);
  ~LineEditor();

  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  // What was typed, without its end. False: the input has ended. Ctrl-C empties
  // the line.
  bool ReadLine(std::string* line);

 private:
  struct Library;

  const std::unique_ptr<Library> library_;
  const std::string history_path_;
};

}  // namespace kv::cli

#endif  // FASTKV_CLIENTS_CLI_LINE_EDITOR_H_
