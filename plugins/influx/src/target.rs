//! Servers.

use std::net::UdpSocket;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pipeline_plugin::Result;
use ureq::Agent;

use crate::sink::Influx;

/// How long the server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much of an answer is shown, in letters.
const SHOWN: usize = 200;

/// The largest datagram, in bytes: what goes through every network in one piece.
const DATAGRAM: usize = 1400;

/// What became of lines that were sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// They are there.
    Taken,
    /// It will never take them: why.
    Refused(String),
    /// They are too many at once.
    TooMany,
    /// Perhaps later: why, and when if the server says so.
    Later(String, Option<Duration>),
}

/// Where lines are sent to.
#[derive(Debug)]
pub(crate) enum Target {
    Http {
        agent: Box<Agent>,
        url: String,
        authorization: Option<String>,
    },
    Udp {
        address: String,
    },
}

impl Target {
    /// The server of these settings.
    ///
    /// # Errors
    ///
    /// When a secret can't be read.
    pub(crate) fn new(settings: &Influx) -> Result<Self> {
        if let Some(address) = &settings.udp {
            let address = address.clone();
            return Ok(Self::Udp { address });
        }
        let read = |secret: &Option<pipeline_plugin::Secret>| {
            secret
                .as_ref()
                .map(pipeline_plugin::Secret::read)
                .transpose()
        };
        let token = read(&settings.token)?;
        let authorization = match (&settings.user, token) {
            (Some(user), _) => {
                let password = read(&settings.password)?.unwrap_or_default();
                Some(format!(
                    "Basic {}",
                    STANDARD.encode(format!("{user}:{password}"))
                ))
            }
            (None, token) => token.map(|token| format!("Token {token}")),
        };
        let agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            // A password is not carried to wherever it points.
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("pipeline/", env!("CARGO_PKG_VERSION")));
        Ok(Self::Http {
            agent: Box::new(crate::target::encrypted(agent).build().into()),
            url: url(settings),
            authorization,
        })
    }

    /// Sends lines.
    pub(crate) fn send(&self, lines: &[u8]) -> Answer {
        match self {
            Self::Http {
                agent,
                url,
                authorization,
            } => {
                let mut request = agent
                    .post(url)
                    .header("Content-Type", "text/plain; charset=utf-8");
                if let Some(authorization) = authorization {
                    request = request.header("Authorization", authorization);
                }
                match request.send(lines) {
                    Ok(response) => answer(response),
                    Err(error) => Answer::Later(error.to_string(), None),
                }
            }
            Self::Udp { address } => match datagrams(address, lines) {
                Ok(()) => Answer::Taken,
                Err(error) => Answer::Later(error.to_string(), None),
            },
        }
    }
}

#[cfg(feature = "tls")]
fn encrypted(
    config: ureq::config::ConfigBuilder<ureq::typestate::AgentScope>,
) -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    use ureq::tls::{Certificate, RootCerts, TlsConfig};

    // Those that the system trusts.
    let found = rustls_native_certs::load_native_certs().certs;
    let trusted: Vec<_> = found
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&trusted))
        .unversioned_rustls_crypto_provider(provider)
        .build();
    config.tls_config(tls)
}

#[cfg(not(feature = "tls"))]
fn encrypted(
    config: ureq::config::ConfigBuilder<ureq::typestate::AgentScope>,
) -> ureq::config::ConfigBuilder<ureq::typestate::AgentScope> {
    config
}

/// The address to write to; times are in nanoseconds.
fn url(settings: &Influx) -> String {
    let base = settings.url.as_deref().unwrap_or_default();
    let base = base.trim_end_matches('/');
    let value = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
    };
    if settings.database.is_some() {
        format!("{base}/write?db={}&precision=ns", value(&settings.database))
    } else {
        let (org, bucket) = (value(&settings.org), value(&settings.bucket));
        format!("{base}/api/v2/write?org={org}&bucket={bucket}&precision=ns")
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let status = response.status();
    if status.is_success() {
        return Answer::Taken;
    }
    let wait = response.headers().get("Retry-After");
    let wait = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
    let body = response
        .body_mut()
        .with_config()
        .limit(64 << 10)
        .read_to_string();
    let body = body.unwrap_or_default();
    let said: String = match serde_json::from_str::<serde_json::Value>(&body) {
        // Version 1 says `error`, version 2 `message`.
        Ok(json) => ["error", "message"]
            .iter()
            .find_map(|key| Some(json.get(key)?.as_str()?.to_owned()))
            .unwrap_or_default(),
        Err(_) => body,
    };
    let said: String = said
        .trim()
        .chars()
        .take(SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    let gap = if said.is_empty() { "" } else { ": " };
    let why = format!("HTTP {}{gap}{said}", status.as_u16());
    match status.as_u16() {
        400 | 422 => Answer::Refused(why),
        413 => Answer::TooMany,
        _ => Answer::Later(why, wait.map(Duration::from_secs)),
    }
}

/// Sends as many lines in a datagram as fit.
fn datagrams(address: &str, lines: &[u8]) -> std::io::Result<()> {
    let any = if address.starts_with('[') {
        "[::]:0"
    } else {
        "0.0.0.0:0"
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect(address)?;
    let mut rest = lines;
    while !rest.is_empty() {
        let most = rest.get(..DATAGRAM).unwrap_or(rest);
        let end = if most.len() == rest.len() {
            rest.len()
        } else {
            // A line that does not fit goes in a datagram of its own.
            let ends = |part: &[u8]| part.iter().position(|byte| *byte == b'\n');
            let last = most.iter().rposition(|byte| *byte == b'\n');
            last.or_else(|| ends(rest))
                .map_or(rest.len(), |end| end + 1)
        };
        let (datagram, left) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        socket.send(datagram)?;
        rest = left;
    }
    Ok(())
}
