//! Where the broker is.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use pipeline_plugin::{Error, Result};
use rumqttc::Transport;
use schemars::JsonSchema;
use serde::Deserialize;

/// The address of a broker: `mqtt.local`, `192.168.0.2:1883`, `[::1]:1883`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
}

/// An encrypted connection to the broker.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct Tls {
    /// File with the certificate (PEM) of the authority that signed the broker's; those that the
    /// system trusts, if not given.
    #[serde(default)]
    #[schemars(extend("format" = "file"))]
    pub(crate) ca: Option<PathBuf>,
}

impl Tls {
    /// Whether this build can do it.
    pub(crate) const IS_THERE: bool = cfg!(feature = "tls");

    #[cfg(feature = "tls")]
    pub(crate) fn transport(&self) -> Result<Transport> {
        use std::sync::Arc;

        use rustls::crypto::ring::default_provider;

        let cannot = |error: rustls::Error| Error::skip("cannot set up TLS").with_source(error);
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(cannot)?
            .with_root_certificates(self.trusted()?)
            .with_no_client_auth();
        Ok(Transport::tls_with_config(config.into()))
    }

    /// Whose certificates are trusted.
    #[cfg(feature = "tls")]
    fn trusted(&self) -> Result<rustls::RootCertStore> {
        use rustls::pki_types::{CertificateDer, pem::PemObject};

        let mut trusted = rustls::RootCertStore::empty();
        let Some(path) = &self.ca else {
            let found = rustls_native_certs::load_native_certs().certs;
            trusted.add_parsable_certificates(found);
            return Ok(trusted);
        };
        let wrong = || {
            let message = format!("`{}` has no certificate in it", path.display());
            Error::skip(message).with_help("give the certificate of the authority, as PEM")
        };
        let text = std::fs::read(path)
            .map_err(|error| Error::io(format!("read `{}`", path.display()), error))?;
        let mut count = 0;
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|error| wrong().with_source(error))?;
            trusted
                .add(certificate)
                .map_err(|error| wrong().with_source(error))?;
            count += 1;
        }
        if count == 0 {
            return Err(wrong());
        }
        Ok(trusted)
    }

    #[cfg(not(feature = "tls"))]
    pub(crate) fn transport(&self) -> Result<Transport> {
        let _ = &self.ca;
        Err(Error::skip("this build of pipeline has no TLS"))
    }
}

impl FromStr for Broker {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("://") {
            return Err("the address has no scheme: write `host` or `host:1883`".to_owned());
        }
        let wrong = || format!("`{text}` is no address: write `host` or `host:1883`");
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']').ok_or_else(wrong)?;
            match rest {
                "" => (host, None),
                rest => (host, Some(rest.strip_prefix(':').ok_or_else(wrong)?)),
            }
        } else if text.matches(':').count() == 1 {
            let (host, port) = text.split_once(':').ok_or_else(wrong)?;
            (host, Some(port))
        } else {
            // More colons: a bare IPv6 address.
            (text, None)
        };
        let port: Option<u16> = port.map(str::parse).transpose().map_err(|_| wrong())?;
        let strange = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '[' | ']');
        if host.is_empty() || host.contains(strange) || port == Some(0) {
            return Err(wrong());
        }
        let host = host.to_owned();
        Ok(Self { host, port })
    }
}

impl fmt::Display for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = self.host.contains(':');
        match (bracketed, self.port) {
            (false, None) => f.write_str(&self.host),
            (false, Some(port)) => write!(f, "{}:{port}", self.host),
            (true, None) => write!(f, "[{}]", self.host),
            (true, Some(port)) => write!(f, "[{}]:{port}", self.host),
        }
    }
}

impl<'de> Deserialize<'de> for Broker {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Broker {
    fn schema_name() -> Cow<'static, str> {
        "Broker".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["localhost:1883"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        let check = |text: &str, host: &str, port: Option<u16>| {
            let broker: Broker = text.parse().unwrap();
            assert_eq!((broker.host.as_str(), broker.port), (host, port), "{text}");
            let again: Broker = broker.to_string().parse().unwrap();
            assert_eq!(again, broker);
        };
        check("localhost", "localhost", None);
        check(" mqtt.local:1884 ", "mqtt.local", Some(1884));
        check("192.168.0.2:1883", "192.168.0.2", Some(1883));
        check("[::1]:1883", "::1", Some(1883));
        check("[fe80::1]", "fe80::1", None);
        check("fe80::1", "fe80::1", None);
        for wrong in [
            "",
            ":1883",
            "host:",
            "host:x",
            "host:70000",
            "host:0",
            "mqtt://host",
            "a b",
            "[::1",
            "[::1]x",
            "user@host",
            "host/x",
        ] {
            assert!(wrong.parse::<Broker>().is_err(), "{wrong}");
        }
    }
}
