//! Which libraries the user trusts: their bytes, by SHA-256.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use pipeline_plugin::{ContentKey, Error, ErrorKind, Plugin, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::image::{Image, refused};
use crate::document::Document;

/// The libraries that the user trusts: a file in the state directory.
#[derive(Debug)]
pub struct Trusts {
    file: PathBuf,
    trusted: Vec<Trusted>,
    pipelines: Vec<TrustedPipeline>,
}

/// A pipeline file that may run programs.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct TrustedPipeline {
    /// SHA-256 of its text as hexadecimal digits.
    sha256: String,
    /// What it was called then.
    name: String,
}

/// A library that the user trusts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trusted {
    /// SHA-256 of its bytes as hexadecimal digits.
    pub sha256: String,
    /// Where it was then: absolute, without links.
    pub path: PathBuf,
    /// What it provides.
    pub plugins: Vec<TrustedPlugin>,
}

/// A plugin of a library that the user trusts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrustedPlugin {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What kind of stage it makes.
    pub role: String,
}

/// The file as it stands on disk.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    v: u32,
    libraries: Vec<Trusted>,
    #[serde(default)]
    pipelines: Vec<TrustedPipeline>,
}

impl Trusts {
    /// Reads what is trusted; nothing if nothing was ever trusted.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn open(state: &Path) -> Result<Self> {
        let file = state.join("trusted-plugins.json");
        let cannot = |error| Error::io(format!("read `{}`", file.display()), error);
        let stored = match fs::read(&file) {
            Ok(bytes) => {
                serde_json::from_slice::<Stored>(&bytes).map_err(|error| cannot(error.into()))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Stored::default(),
            Err(error) => return Err(cannot(error)),
        };
        Ok(Self {
            file,
            trusted: stored.libraries,
            pipelines: stored.pipelines,
        })
    }

    /// What is trusted, the oldest first.
    pub fn all(&self) -> &[Trusted] {
        &self.trusted
    }

    /// Whether these bytes are trusted.
    ///
    /// # Errors
    ///
    /// When they are not: whether they have changed, and what to do.
    pub fn check(&self, image: &Image) -> Result<()> {
        let sha256 = image.sha256();
        if self.trusted.iter().any(|one| one.sha256 == sha256) {
            return Ok(());
        }
        let path = image.path();
        let before = self.trusted.iter().find(|one| one.path == path);
        let why = match before {
            Some(before) => {
                let names: Vec<_> = before.plugins.iter().map(|one| one.name.as_str()).collect();
                format!("({}) has changed since you trusted it", names.join(", "))
            }
            None => "is not trusted yet".to_owned(),
        };
        Err(refused(path, &why).with_help(format!(
            "if you know where it comes from: pipeline plugin trust {}",
            path.display()
        )))
    }

    /// Trusts a library with what it provides, instead of what was at that path before.
    ///
    /// # Errors
    ///
    /// When that can't be noted.
    pub fn trust(&mut self, sha256: String, path: &Path, plugins: &[Plugin]) -> Result<()> {
        let plugins = plugins.iter().map(|plugin| TrustedPlugin {
            name: plugin.name.clone(),
            version: plugin.version.clone(),
            role: plugin.role.name().to_owned(),
        });
        let entry = Trusted {
            sha256,
            path: path.to_owned(),
            plugins: plugins.collect(),
        };
        self.trusted
            .retain(|one| one.path != entry.path && one.sha256 != entry.sha256);
        self.trusted.push(entry);
        self.save()
    }

    /// Whether the user trusts a pipeline file, every byte of it, to run programs.
    pub fn has_pipeline(&self, document: &Document) -> bool {
        let sha256 = sha256_of(document);
        self.pipelines.iter().any(|one| one.sha256 == sha256)
    }

    /// Trusts a pipeline file as it is.
    ///
    /// # Errors
    ///
    /// When that can't be noted.
    pub fn trust_pipeline(&mut self, document: &Document) -> Result<String> {
        let sha256 = sha256_of(document);
        self.pipelines.retain(|one| one.sha256 != sha256);
        self.pipelines.push(TrustedPipeline {
            sha256: sha256.clone(),
            name: document.source.name.clone(),
        });
        self.save()?;
        Ok(sha256)
    }

    fn save(&self) -> Result<()> {
        self.write().map_err(|error| {
            Error::io(format!("write `{}`", self.file.display()), error)
                .with_kind(ErrorKind::Resource)
        })
    }

    /// Written beside and renamed: never half.
    fn write(&self) -> io::Result<()> {
        let stored = Stored {
            v: 1,
            libraries: self.trusted.clone(),
            pipelines: self.pipelines.clone(),
        };
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let beside = self
            .file
            .with_extension(format!("{}.part", std::process::id()));
        let mut file = fs::File::create(&beside)?;
        file.write_all(format!("{:#}\n", serde_json::json!(stored)).as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.file)
    }
}

fn sha256_of(document: &Document) -> String {
    ContentKey(Sha256::digest(&document.source.text).into()).to_string()
}
