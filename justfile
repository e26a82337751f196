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
deep: fuzz kill hostile compare

# Two minutes on each parser (needs cargo-fuzz and a nightly toolchain).
fuzz:
    cd fuzz && cargo +nightly fuzz run tcx -- -max_total_time=120
    cd fuzz && cargo +nightly fuzz run fit -- -max_total_time=120
    cd fuzz && cargo +nightly fuzz run ymodem -- -max_total_time=120
    cd fuzz && cargo +nightly fuzz run xoss -- -max_total_time=120
    cd fuzz && cargo +nightly fuzz run xoss_files -- -max_total_time=120
    cd fuzz && cargo +nightly fuzz run xoss_remote -- -max_total_time=120

# Kill -9 at 200 random moments: nothing torn, nothing lost, nothing twice.
kill:
    cargo build --release -p pipeline
    python3 tests/deep/kill.py --rounds 200

# Large and hostile inputs: time and memory stay bounded.
hostile:
    cargo build --release -p pipeline
    python3 tests/deep/hostile.py

# Whole processes beside their peers, in one run.
compare:
    cargo build --release -p pipeline -p benches
    python3 benches/compare.py
