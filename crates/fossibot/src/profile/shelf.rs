use super::Profile;
use super::load::{Author, ProfileError, profile};
use super::raw::RawProfile;
use crate::bank::Banks;

/// The profiles that there are: the built-in ones and those of the user.
#[derive(Clone, Debug)]
pub struct Profiles {
    profiles: Vec<Profile>,
}

const BUILTIN: [&str; 3] = [
    include_str!("../../profiles/sydpower.yaml"),
    include_str!("../../profiles/sydpower-v1.yaml"),
    include_str!("../../profiles/guide.yaml"),
];

impl Profiles {
    /// The built-in ones.
    ///
    /// # Errors
    ///
    /// None that a test has not seen.
    pub fn builtin() -> Result<Self, ProfileError> {
        let mut profiles = Self {
            profiles: Vec::new(),
        };
        for yaml in BUILTIN {
            profiles.insert(yaml, Author::Us)?;
        }
        Ok(profiles)
    }

    /// Adds one of the user. It can build on another one with `base:`, add readings to it and narrow
    /// what may be written; without one it can only be read by.
    ///
    /// # Errors
    ///
    /// What is wrong with it; nothing is added then.
    pub fn add(&mut self, yaml: &str) -> Result<&Profile, ProfileError> {
        self.insert(yaml, Author::User)
    }

    fn insert(&mut self, yaml: &str, author: Author) -> Result<&Profile, ProfileError> {
        let raw: RawProfile = serde_yaml::from_str(yaml).map_err(|error| {
            // The parser draws the place below its first line.
            let text = error.to_string();
            ProfileError::Yaml(text.lines().next().unwrap_or_default().to_owned())
        })?;
        if self.named(&raw.profile).is_some() {
            return Err(ProfileError::Twice(raw.profile));
        }
        let on = raw.alias.as_ref().or(raw.base.as_ref());
        let base = match on {
            Some(name) => Some(
                self.named(name)
                    .ok_or_else(|| ProfileError::Base(name.clone()))?,
            ),
            None => None,
        };
        let profile = profile(raw, base, author)?;
        self.profiles.push(profile);
        self.profiles.last().ok_or(ProfileError::Missing("profile"))
    }

    /// The one of that name in settings.
    pub fn named(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The one for an advertised name: that with the longest beginning, of equal ones the user's.
    pub fn for_name(&self, name: &str) -> Option<&Profile> {
        let length = |profile: &Profile| {
            let known = profile.names.iter();
            let fitting = known.filter(|start| name.starts_with(start.as_str()));
            fitting.map(String::len).max()
        };
        let fitting = self
            .profiles
            .iter()
            .filter(|profile| length(profile).is_some());
        fitting.max_by_key(|profile| length(profile))
    }

    /// The one that a status speaks for.
    pub fn marked(&self, banks: &Banks) -> Option<&Profile> {
        self.profiles
            .iter()
            .find(|profile| profile.is_marked(banks))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.iter()
    }
}
