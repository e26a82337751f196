# Everything that a change has to pass; what CI runs.
ci:
    bash .ci/run

# The quick checks, before each commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace

# Accept what the snapshot tests see now; read the diff before committing it.
bless:
    UPDATE_EXPECT=1 TRYCMD=overwrite cargo test --workspace
    cargo run -- test pipelines/coxswain-to-fit.yaml --golden tests/golden/coxswain-to-fit --bless

# What takes long: fuzzing, kill tests, hostile inputs, comparison with peers.
deep: fuzz kill hostile valgrind compare

# Two minutes on each parser, or on those that are named. What is found stays in target/fuzz.
fuzz *TARGETS:
    bash fuzz/run 120 {{TARGETS}}

# A million bent FIT files on all levels, without libFuzzer.
mutants:
    cargo run --release -p fit --example mutants -- crates/fit/tests/data/*/*.fit ../shared/data/fit/*/*.fit

# Kill -9 at 200 random moments: nothing torn, nothing lost, nothing twice.
kill:
    cargo build --release -p pipeline
    python3 tests/deep/kill.py --rounds 200
    python3 tests/deep/journal.py --rounds 200

# Large and hostile inputs: time and memory stay bounded.
hostile:
    cargo build --release -p pipeline
    python3 tests/deep/hostile.py

# Plugins in libraries, in C and in Rust, under valgrind: no leak and no invalid access.
valgrind:
    bash tests/deep/valgrind

# Plugins in libraries with the whole program: the bundled ones, the examples, new ones.
libraries:
    bash tests/libraries/run

# The pipelines with a device over a real BlueZ in a small machine, with an emulated radio.
bluez *NAMES:
    bash tests/bluez/run {{NAMES}}

# A real Home Assistant judges what is published over MQTT; needs its Python, see the README there.
home-assistant *ARGS:
    cargo build --release -p pipeline
    bash tests/home-assistant/run {{ARGS}}

# Whole processes beside their peers, in one run.
compare:
    cargo build --release -p pipeline -p benches
    python3 benches/compare.py

# Our FIT codec beside those of crates.io: speed, then whether the values agree.
peers:
    cargo run --release --manifest-path benches/fit-peers/Cargo.toml
    cargo run --release --manifest-path benches/fit-peers/Cargo.toml -- --check ../shared/data/fit/*/*.fit crates/fit/tests/data/*/*.fit
