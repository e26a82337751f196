use pipeline_plugin::units::Duration;
use pipeline_plugin::{
    Context, Header, Place, Plugin, Problem, Result, Sink, SinkPlugin, Transform, TransformPlugin,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::NAME;
use crate::program::{Command, Program};
use crate::sink::ProgramSink;
use crate::transform::ProgramTransform;

/// Lets a program of your own change a stream, as JSON Lines on its standard input and output.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExecTransform {
    /// The program and its arguments. It is started directly, not by a shell, for each stream.
    /// What begins with `./` or `../` is relative to the pipeline file.
    #[schemars(extend("items" = { "type": "string", "format": "program" }, "examples" = [["python3", "./smooth.py"]]))]
    command: Vec<String>,
    /// How long the program may keep silent while it is waited for.
    #[serde(default = "patience")]
    timeout: Duration,
}

/// Gives streams to a program of your own, as JSON Lines on its standard input.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExecSink {
    /// The program and its arguments. It is started directly, not by a shell, for each stream.
    /// What begins with `./` or `../` is relative to the pipeline file.
    #[schemars(extend("items" = { "type": "string", "format": "program" }, "examples" = [["python3", "./upload.py"]]))]
    command: Vec<String>,
    /// How long the program may keep silent while it is waited for.
    #[serde(default = "patience")]
    timeout: Duration,
}

fn patience() -> Duration {
    Duration::new(30.0)
}

/// The transform `exec`.
pub fn transform() -> Plugin {
    Plugin::transform::<ExecTransform>(
        NAME,
        "let a program of your own change the stream (JSON Lines, needs --allow-exec)",
    )
}

/// The sink `exec`.
pub fn sink() -> Plugin {
    Plugin::sink::<ExecSink>(
        NAME,
        "give the stream to a program of your own (JSON Lines, needs --allow-exec)",
        "",
    )
}

fn check(command: &[String]) -> Vec<Problem> {
    let missing = command
        .first()
        .is_none_or(|program| program.trim().is_empty());
    let problem = || Problem::at("command", "`command` names no program".to_owned());
    missing.then(problem).into_iter().collect()
}

impl TransformPlugin for ExecTransform {
    fn check(&self, _: &Place) -> Vec<Problem> {
        check(&self.command)
    }

    fn open(&self, header: &mut Header, cx: &Context) -> Result<Box<dyn Transform>> {
        let command = Command::new(&self.command, self.timeout);
        let program = Program::start(&command, header, cx)?;
        Ok(Box::new(ProgramTransform::new(program)))
    }
}

impl SinkPlugin for ExecSink {
    fn check(&self, _: &Place) -> Vec<Problem> {
        check(&self.command)
    }

    fn destination(&self) -> String {
        format!("exec:{}", self.command.join(" "))
    }

    fn open(&self, header: &Header, cx: &Context) -> Result<Box<dyn Sink>> {
        let command = Command::new(&self.command, self.timeout);
        let program = Program::start(&command, header, cx)?;
        Ok(Box::new(ProgramSink::new(program)))
    }
}
