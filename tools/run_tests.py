"""Runs the tests in every configuration; tools/test is the way to call it.

Arguments are targets and flags of `bazel test`; without a target: everything.
The last line, "N passed, N failed", counts test cases from the reports that
the tests themselves wrote, found through Bazel's build events, so that reports
of earlier runs do not count.  A target that did not build, timed out or wrote
no report is one failed case, and so is a configuration that ran no test.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.parse
import xml.etree.ElementTree as ET

# Debian's Bazel, not whatever PATH has: the WORKSPACE is written for it.
BAZEL = ["/usr/bin/bazel"]
QUIET = ["--noshow_progress", "--show_result=0"]
# A machine that is busy with something else can make a test of real processes
# fail.  It gets one more try, and is named at the end: it is to be mended.
RETRY = ["--flaky_test_attempts=2"]

# Name, flags of `bazel test`.  The first is what tools/run starts, and builds
# all that there is; --quick stops after it.  Assertions are on in the others, and
# Clang, which compiles them, checks the lock annotations.
CONFIGURATIONS = [
    ("release", ["--config=release"]),
    ("asan", ["--config=asan", "--build_tests_only"]),
    ("tsan", ["--config=tsan", "--build_tests_only"]),
]
# Clients that come over the network, against the release build.
CLIENTS = [
    ("clients from npm and Go",
     ["/usr/bin/python3", "tests/clients_redis/registry_clients.py", "bazel-bin/server/fastkv"]),
    ("our own clients, packaged",
     ["/usr/bin/python3", "tests/clients/packaged_clients.py", "bazel-bin/server/fastkv"]),
]
# Each fuzz target for so many seconds; their corpora are ordinary tests.  From
# the same seed: a run is to tell of the change that it tests.
FUZZ = ["env", "FUZZ_SEED=1", "tools/fuzz", "10"]


def count_cases(xml_path):
    """The passed and failed cases of one report in JUnit's format."""
    passed = failed = 0
    for case in ET.parse(xml_path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is None and case.get("status") != "notrun":
            passed += 1
    return passed, failed


def count_result(result):
    """The cases of one run of a target; its status decides where in doubt."""
    passed = failed = 0
    for output in result.get("testActionOutput", []):
        if output["name"] == "test.xml":
            try:
                path = urllib.parse.unquote(urllib.parse.urlparse(output["uri"]).path)
                passed, failed = count_cases(path)
            except (OSError, ET.ParseError):
                pass  # killed while it wrote; the status below says so
    if result["status"] in ("PASSED", "FLAKY"):
        return max(passed, 1), 0
    return passed, max(failed, 1)


def read_events(path):
    """Passed and failed cases, and the labels that failed and that passed only
    when tried again, of one `bazel test`."""
    tests, results, attempts = set(), {}, {}
    with open(path, encoding="utf-8") as lines:
        for event in map(json.loads, lines):
            name = event.get("id", {})
            if "targetConfigured" in name:
                if event.get("configured", {}).get("testSize"):
                    tests.add(name["targetConfigured"]["label"])
            elif "testResult" in name and "testResult" in event:
                run = name["testResult"]
                # A later attempt replaces an earlier one.
                key = run["label"], run.get("shard"), run.get("run")
                results[key] = event["testResult"]
                attempts[run["label"]] = max(attempts.get(run["label"], 1), run.get("attempt", 1))
    passed = failed = 0
    bad, flaky = [], []
    for (label, _, _), result in sorted(results.items(), key=lambda r: r[0][0]):
        good, wrong = count_result(result)
        passed, failed = passed + good, failed + wrong
        if wrong:
            bad.append(label)
        elif result["status"] == "PASSED" and attempts[label] > 1:
            flaky.append(label)
    unbuilt = sorted(tests - {label for label, _, _ in results})
    return passed, failed + len(unbuilt), bad + unbuilt, flaky


def run_tests(name, flags, arguments):
    """Runs one configuration; returns passed, failed, and the names of failures
    and of flaky tests."""
    with tempfile.TemporaryDirectory() as folder:
        events = os.path.join(folder, "events.json")
        code = subprocess.call(
            BAZEL + ["test", "--keep_going", "--build_event_json_file=" + events]
            + QUIET + RETRY + flags + arguments)
        passed, failed, bad, flaky = (
            read_events(events) if os.path.exists(events) else (0, 0, [], []))
    if (code or not passed) and not failed:
        # A package that does not load has no target to blame.
        failed, bad = 1, ["bazel exited with %d, %d cases passed" % (code, passed)]
    return passed, failed, *(["%s: %s" % (name, label) for label in labels]
                             for labels in (bad, flaky))


def main():
    arguments = sys.argv[1:]
    quick = "--quick" in arguments
    arguments = [a for a in arguments if a != "--quick"]
    everything = not any(a.startswith(("//", ":", "-//")) for a in arguments)
    if everything:
        arguments.append("//...")

    passed = failed = 0
    bad, flaky = [], []
    for name, flags in CONFIGURATIONS[:1] if quick else CONFIGURATIONS:
        start = time.monotonic()
        good, wrong, names, shaky = run_tests(name, flags, arguments)
        passed, failed = passed + good, failed + wrong
        bad, flaky = bad + names, flaky + shaky
        print("%s: %d passed, %d failed, %.0f s" %
              (name, good, wrong, time.monotonic() - start), flush=True)
    if everything and not quick:
        # Makes bazel-bin the release build's again.
        subprocess.call(BAZEL + ["build", "--config=release"] + QUIET + ["//server:fastkv"])
        for name, command in CLIENTS:
            wrong = subprocess.call(command)
            if wrong:
                failed, bad = failed + wrong, bad + [name]
        if subprocess.call(FUZZ):
            failed, bad = failed + 1, bad + ["fuzzing"]
    for name in flaky:
        print("FLAKY   " + name)
    for name in bad:
        print("FAILED  " + name)
    print("%d passed, %d failed" % (passed, failed), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
