"""The rule repositories that Bazel's embedded tools load."""

def rule_repositories():
    """Local stand-ins for Debian's Bazel 4.2 (whose version reads as empty).

    A Bazel from bazel.build finds its own; there this does nothing.
    """
    if native.bazel_version and not native.bazel_version.startswith("4."):
        return
    for name in ["rules_cc", "rules_java", "remote_coverage_tools"]:
        native.local_repository(name = name, path = "tools/bazel/rules/" + name)
