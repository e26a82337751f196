//! A library's file: read once, checked, and loaded from the very bytes that were checked.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use pipeline_plugin::{ContentKey, Error, ErrorKind, Result};
use sha2::{Digest, Sha256};

/// The largest library that is loaded, in bytes.
const LIMIT: u64 = 1 << 30;

/// The bytes of a library's file.
pub struct Image {
    path: PathBuf,
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl std::fmt::Debug for Image {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Image")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Image {
    /// Reads a library's file, unless somebody else may change it.
    ///
    /// # Errors
    ///
    /// When it can't be read, or others may write to it or its folder.
    pub fn read(path: &Path) -> Result<Self> {
        let cannot = |error| {
            Error::io(format!("read the plugin `{}`", path.display()), error)
                .with_kind(ErrorKind::Plugin)
        };
        let path = fs::canonicalize(path).map_err(cannot)?;
        let file = File::open(&path).map_err(cannot)?;
        let about = file.metadata().map_err(cannot)?;
        if !about.is_file() || about.len() > LIMIT {
            return Err(refused(&path, "is no file of a library"));
        }
        if may_others_write(&about) {
            return Err(refused(&path, "may be changed by others")
                .with_help(format!("chmod go-w {}", path.display())));
        }
        let folder = path.parent().unwrap_or(Path::new("/"));
        if may_others_write(&fs::metadata(folder).map_err(cannot)?) {
            let what = format!("stands in `{}`, where others may write", folder.display());
            return Err(refused(&path, &what).with_help(format!(
                "move it elsewhere, or chmod go-w {}",
                folder.display()
            )));
        }
        let mut bytes = Vec::new();
        file.take(LIMIT).read_to_end(&mut bytes).map_err(cannot)?;
        let sha256 = Sha256::digest(&bytes).into();
        Ok(Self {
            path,
            bytes,
            sha256,
        })
    }

    /// Where it was read from: absolute, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of its bytes as hexadecimal digits.
    pub fn sha256(&self) -> String {
        ContentKey(self.sha256).to_string()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A library is refused: `/path/libx.so` and why.
pub(super) fn refused(path: &Path, why: &str) -> Error {
    Error::new(
        ErrorKind::Plugin,
        format!("the plugin library `{}` {why}", path.display()),
    )
}

/// Whether somebody beside the owner may write there. A folder like /tmp, where each may change
/// his own files only, is none of these; nor is a user's own group.
#[cfg(unix)]
fn may_others_write(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (mode, sticky) = (about.mode(), 0o1000);
    let own_group = about.gid() == about.uid();
    let all = mode & 0o002 != 0;
    let group = mode & 0o020 != 0 && !own_group;
    (all || group) && !(about.is_dir() && mode & sticky != 0)
}

#[cfg(not(unix))]
fn may_others_write(_: &fs::Metadata) -> bool {
    false
}
