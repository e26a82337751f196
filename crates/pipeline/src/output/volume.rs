use pipeline_plugin::Level;

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Volume {
    /// Errors only.
    Quiet,
    /// Results, warnings, errors.
    Normal,
    /// Also what was skipped, and what is going on.
    Verbose,
    /// Also what only the author of a plugin wants to know.
    Debug,
}

impl Volume {
    /// As the flags say; `-vv`, or `debug` in the variable `PIPELINE_LOG`, says everything.
    pub(crate) fn of(quiet: bool, verbose: u8, variable: Option<&str>) -> Self {
        match (quiet, verbose, variable) {
            (_, 2.., _) | (_, _, Some("debug")) => Self::Debug,
            (true, ..) => Self::Quiet,
            (_, 1, _) => Self::Verbose,
            _ => Self::Normal,
        }
    }

    /// Whether what a stage says at that level is shown.
    pub(crate) fn has(self, level: Level) -> bool {
        self >= match level {
            Level::Error => Self::Quiet,
            Level::Warn => Self::Normal,
            Level::Info => Self::Verbose,
            Level::Debug => Self::Debug,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_say_how_much_is_shown() {
        let shown = |volume: Volume| {
            let levels = [Level::Error, Level::Warn, Level::Info, Level::Debug];
            levels.map(|level| volume.has(level))
        };
        assert_eq!(
            shown(Volume::of(true, 0, None)),
            [true, false, false, false]
        );
        assert_eq!(
            shown(Volume::of(false, 0, Some("x"))),
            [true, true, false, false]
        );
        assert_eq!(shown(Volume::of(false, 1, None)), [true, true, true, false]);
        assert_eq!(shown(Volume::of(false, 2, None)), [true; 4]);
        assert_eq!(shown(Volume::of(true, 0, Some("debug"))), [true; 4]);
    }
}
