"""Our clients as their users get them, against the server; and what generates them.

    python3 tests/clients/packaged_clients.py bazel-bin/server/fastkv [name ...]

Not a Bazel test: packages come over the network, in the versions of the clients'
own lock files.  tools/test runs it.  Of each client: its package is built, its
style checked, its tests are run, the quickstart of its README, and its example, a
leaderboard.  A toolchain that is missing is installed (tools/install); where it or
the packages cannot be had, a line says so and the rest runs.  In continuous
integration (CI is set) nothing may be skipped.  Exits with the number of failures.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time

_ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(_ROOT, "tests", "end_to_end"))

from server_process import ServerProcess  # noqa: E402
from unreliable_proxy import UnreliableProxy  # noqa: E402

_BOUND_S = 600
# Of the proxy's draws; the order of the clients' packets varies all the same.
_SEED = 1
# Where Go's own archive is unpacked; few put it on the PATH of a script.
_PATH = os.environ.get("PATH", "") + ":/usr/local/go/bin"
# What quickstarts connect to.
_DEFAULT_TARGET = "127.0.0.1:50051"
_LEFT_OUT = shutil.ignore_patterns("node_modules", "dist", "target", "__pycache__", ".*_cache",
                                   "*.egg-info", "build")


class Failed(Exception):
    """A step that went wrong; what it printed."""


class Unfetched(Exception):
    """Packages that cannot be had."""


def run(command, folder, expect=0, **variables):
    """What the command prints; it has to exit with `expect`."""
    try:
        done = subprocess.run(command, cwd=folder, env=dict(os.environ, PATH=_PATH, **variables),
                              timeout=_BOUND_S, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
    except subprocess.TimeoutExpired as late:
        output = (late.output or b"").decode("utf-8", "replace")
        raise Failed("%s took longer than %d s\n%s" % (" ".join(command), _BOUND_S, output)) from None
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode != expect:
        raise Failed("%s exited with %d\n%s" % (" ".join(command), done.returncode, output))
    return output


def fetch(command, folder, **variables):
    try:
        run(command, folder, **variables)
    except Failed as failed:
        raise Unfetched(str(failed)) from None


def demand(actual, wanted, what):
    if actual != wanted:
        raise Failed("%s printed %r, not %r" % (what, actual, wanted))


class Client:
    """A client's folder, copied to where it may be built."""

    def __init__(self, root, language, target):
        self.language, self.target = language, target
        self.folder = os.path.join(root, "clients", language)
        shutil.copytree(os.path.join(_ROOT, "clients", language), self.folder, ignore=_LEFT_OUT)
        shutil.copytree(os.path.join(_ROOT, "proto"), os.path.join(root, "proto"))

    def run(self, *command, **options):
        return run(command, self.folder, FASTKV_TARGET=self.target, **options)

    def fetch(self, *command):
        fetch(command, self.folder)

    def prepare_quickstart(self, name):
        """The README shows the file as it is; it is run against our server."""
        path = os.path.join(self.folder, "examples", name)
        with open(path, encoding="utf-8") as file:
            code = file.read()
        with open(os.path.join(self.folder, "README.md"), encoding="utf-8") as readme:
            if code.strip() not in readme.read():
                raise Failed("README.md does not show examples/" + name)
        if _DEFAULT_TARGET not in code:
            raise Failed("examples/%s does not connect to %s" % (name, _DEFAULT_TARGET))
        with open(path, "w", encoding="utf-8") as file:
            file.write(code.replace(_DEFAULT_TARGET, self.target))

    def check_quickstart(self, *command):
        if "hello" not in self.run(*command):
            raise Failed("the quickstart does not print what it has set")

    def check_leaderboard(self, *command):
        """The same scenario in every language, and all see the same server."""
        def board(*arguments, expect=0, interval="1000", name=self.language):
            return self.run(*command, "--target", self.target, "--name", name,
                            "--interval", interval, *arguments, expect=expect).strip()
        demand(board("submit", "alice", "120"), "alice submitted 120", "submit")
        demand(board("submit", "bob", "95.5"), "bob submitted 95.5", "submit")
        # The second one within the interval; its exit code may be that of `go run`.
        demand(board("submit", "alice", "300", expect=1).split("\n")[0], "alice has to wait",
               "submit")
        demand(board("top", "10"), "1. alice 120\n2. bob 95.5", "top")
        demand(board("rank", "bob"), "bob is number 2 with 95.5", "rank")
        demand(board("rank", "carol", expect=1).split("\n")[0], "carol has no score", "rank")
        # With a short interval the turn comes back, and a lower score changes nothing.
        quick = self.language + ":quick"
        demand(board("submit", "dave", "7", interval="0.01", name=quick), "dave submitted 7",
               "submit")
        time.sleep(0.05)
        demand(board("submit", "dave", "3", interval="0.01", name=quick), "dave submitted 3",
               "submit")
        demand(board("top", name=quick), "1. dave 7", "top")


def check_python(root, target):
    client = Client(root, "python", target)
    client.prepare_quickstart("quickstart.py")
    run(["/usr/bin/python3", "-m", "venv", "venv"], root)
    programs = os.path.join(root, "venv", "bin")
    # Not editable: the package has to bring all it needs.
    client.fetch(os.path.join(programs, "pip"), "install", "--quiet", ".[dev]")
    python = os.path.join(programs, "python")
    client.run(os.path.join(programs, "ruff"), "check", "fastkv", "examples", "tests")
    client.run(os.path.join(programs, "mypy"), "fastkv", "examples")
    # What is tested is what is installed, not what lies beside the tests.
    os.rename(os.path.join(client.folder, "fastkv"), os.path.join(root, "fastkv-source"))
    client.run(python, "-m", "unittest", "discover", "tests")
    client.check_quickstart(python, "examples/quickstart.py")
    client.check_leaderboard(python, "examples/leaderboard.py")


def check_go(root, target):
    client = Client(root, "go", target)
    client.prepare_quickstart("quickstart/main.go")
    client.fetch("go", "mod", "download")
    demand(client.run("gofmt", "-l", "."), "", "gofmt -l")
    client.run("go", "vet", "./...")
    client.run("go", "test", "-count=1", "./...")
    client.check_quickstart("go", "run", "./examples/quickstart")
    client.run("go", "build", "-o", "leaderboard", "./examples/leaderboard")
    client.check_leaderboard("./leaderboard")


def check_node(root, target):
    client = Client(root, "node", target)
    client.prepare_quickstart("quickstart.ts")
    client.fetch("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    client.run("npm", "test")
    client.check_quickstart("node", "dist/examples/quickstart.js")
    client.check_leaderboard("node", "dist/examples/leaderboard.js")


def check_java(root, target):
    client = Client(root, "java", target)
    client.prepare_quickstart("Quickstart.java")
    maven = ["mvn", "--batch-mode", "--no-transfer-progress"]
    client.fetch(*maven, "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath",
                 "-Dmdep.outputFile=classpath")
    client.run(*maven, "package")
    with open(os.path.join(client.folder, "classpath"), encoding="utf-8") as file:
        classpath = "target/classes:target/test-classes:" + file.read().strip()
    client.check_quickstart("java", "-cp", classpath, "Quickstart")
    client.check_leaderboard("java", "-cp", classpath, "Leaderboard")


def check_generated(_root, _target):
    run([os.path.join(_ROOT, "tools", "generate-clients"), "--check"], _ROOT)


def check_protos(_root, _target):
    run([os.path.join(_ROOT, "tools", "check-protos")], _ROOT)


# Name, programs needed, what to do.
CHECKS = {
    "python": ([], check_python),
    "go": (["go", "gofmt"], check_go),
    "node": (["node", "npm"], check_node),
    "java": (["java", "javac", "mvn"], check_java),
    "generated": (["go", "npm"], check_generated),
    "protos": (["node", "npm"], check_protos),
}
# What tools/packages calls the packages that have a program.
_PACKAGES = {"go": "go", "gofmt": "go", "node": "node", "npm": "node", "java": "java",
             "javac": "java", "mvn": "java"}


def missing(programs):
    return [name for name in programs if shutil.which(name, path=_PATH) is None]


def install(programs):
    for package in sorted({_PACKAGES[name] for name in missing(programs)}):
        subprocess.call([os.path.join(_ROOT, "tools", "install"), package],
                        stdin=subprocess.DEVNULL)
    return missing(programs)


def outcome(programs, check, target):
    """"passed", or what was skipped or FAILED."""
    lacking = install(programs)
    if lacking:
        return "skipped, without " + " and ".join(lacking)
    with tempfile.TemporaryDirectory() as root:
        try:
            check(root, target)
        except Unfetched as unfetched:
            return "skipped, without its packages: %s" % unfetched
        except Failed as failed:
            return "FAILED\n%s" % failed
    return "passed"


def main():
    os.environ["FASTKV_SERVER"] = sys.argv[1]
    failures = 0
    for name in sys.argv[2:] or CHECKS:
        start = time.monotonic()
        with ServerProcess() as server, UnreliableProxy(
                server.grpc_port, _SEED, answers_per_cut=50, cut_chance=0.01) as proxy:
            os.environ["FASTKV_UNRELIABLE_TARGET"] = "127.0.0.1:%d" % proxy.port
            result = outcome(*CHECKS[name], server.grpc_address)
        print("client %s: %s, %.0f s" % (name, result, time.monotonic() - start), flush=True)
        failures += result.startswith("FAILED")
        failures += result.startswith("skipped") and bool(os.environ.get("CI"))
    return failures


if __name__ == "__main__":
    sys.exit(main())
