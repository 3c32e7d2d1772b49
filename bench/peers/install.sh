#!/bin/sh
# Builds the peers that `npm run bench -- --only peers` measures beside ours, below .cache/peers. Nothing else needs
# them; what is absent is listed as "not installed". Takes some minutes of processor time, at the lowest priority.
#
# Needs a Rust toolchain (1.95 or newer) for rsigma, sigma-rust and evtx, which come from crates.io.
set -eu
cd "$(dirname "$0")/../.."
mkdir -p .cache/peers
if command -v cargo >/dev/null; then
  CARGO_TARGET_DIR=.cache/peers/target nice -n 10 cargo build --release --manifest-path bench/peers/rust/Cargo.toml
  cp .cache/peers/target/release/vigie-bench-peers .cache/peers/peers
else
  echo 'cargo is not there: rsigma, sigma-rust and evtx are left out' >&2
fi
