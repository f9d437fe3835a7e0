"""Where and of what something was measured."""

import os
import platform
import re
import subprocess
import time


def _first_line(*command, folder=None):
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return ""
    return (done.stdout.decode(errors="replace").strip().splitlines() or [""])[0]


def commit(root):
    """The short hash; with a + if files that git knows differ from it."""
    name = _first_line("git", "rev-parse", "--short", "HEAD", folder=root) or "unknown"
    changed = _first_line("git", "status", "--porcelain", "--untracked-files=no", folder=root)
    return name + ("+" if changed else "")


def describe(root):
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as info:
        model = re.search(r"model name\s*: (.*)", info.read())
    with open("/proc/meminfo", encoding="ascii") as info:
        memory_kib = int(re.search(r"MemTotal:\s+(\d+)", info.read()).group(1))
    return {
        "date": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "commit": commit(root),
        "compiler": _first_line(os.environ.get("CC") or "gcc", "--version"),
        "kernel": platform.system() + " " + platform.release(),
        "cpu": "%s, %d cores" % (model.group(1) if model else platform.machine(),
                                 os.cpu_count()),
        "memory": "%.0f GiB" % (memory_kib / 2**20),
    }
