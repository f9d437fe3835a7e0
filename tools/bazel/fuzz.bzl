"""Fuzz targets: one file, one function, two programs."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_test")

def fuzz_target(name, deps):
    """Declares the fuzz target in <name>_fuzz.cc.

    <name>_fuzz is the fuzzer: --config=asan only, tools/fuzz runs it.
    <name>_fuzz_test replays the files of corpus/<name>, in every configuration.

    Args:
      name: of the thing that is fuzzed.
      deps: of the file, beside the input's type.
    """
    src = name + "_fuzz.cc"
    deps = deps + [":fuzz_input"]
    cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = [src],
        linkopts = ["-fsanitize=fuzzer"],
        tags = ["manual"],
        deps = deps,
    )
    corpus = "corpus/" + name
    cc_test(
        name = name + "_fuzz_test",
        size = "small",
        srcs = [src],
        args = [native.package_name() + "/" + corpus],
        data = native.glob([corpus + "/*"]),
        deps = deps + [":replay"],
    )
