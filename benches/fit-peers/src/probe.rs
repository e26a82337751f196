//! Whether a peer reads a file at all: some fail, panic, or print what they don't know.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::decode;

/// The name by which a peer is probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Rustyfit,
    Fitparser,
    FitRust,
}

impl Peer {
    pub(crate) const ALL: [Self; 3] = [Self::Rustyfit, Self::Fitparser, Self::FitRust];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rustyfit => "rustyfit",
            Self::Fitparser => "fitparser",
            Self::FitRust => "fit-rust",
        }
    }
}

/// Reads a file with a peer in this process.
pub(crate) fn here(peer: &str, file: &Path) -> Result<()> {
    let bytes = fs::read(file)?;
    let peer = Peer::ALL.into_iter().find(|it| it.name() == peer);
    match peer.context("which peer?")? {
        Peer::Rustyfit => decode::rustyfit(&bytes, true)?,
        Peer::Fitparser => decode::fitparser(&bytes)?,
        Peer::FitRust => decode::fit_rust(&bytes)?,
    };
    Ok(())
}

/// Reads a file with a peer in a process of its own; says why it can't take part.
pub(crate) fn apart(peer: Peer, bytes: &[u8]) -> Result<Option<String>> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    let output = Command::new(std::env::current_exe()?)
        .args(["--probe", peer.name()])
        .arg(file.path())
        .env("RUST_BACKTRACE", "0")
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        let silent = output.stdout.is_empty() && text.is_empty();
        return Ok((!silent).then(|| "prints what it doesn't know".to_owned()));
    }
    if text.contains("panicked") {
        return Ok(Some("panics".to_owned()));
    }
    let Some(reason) = text.lines().next() else {
        bail!("{} ended with {}", peer.name(), output.status);
    };
    Ok(Some(format!(
        "fails: {}",
        reason.trim_start_matches("Error: ")
    )))
}
