//! An encrypted connection, with mosquitto and openssl where they are installed.

use std::process::{Command, Stdio};

use pipeline_plugin::SinkPlugin;

use crate::broker::free_port;
use crate::support::{open, row, until};

/// Makes a certificate of an authority and one of a broker in that folder.
fn certificates(folder: &std::path::Path) -> bool {
    let script = "
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca
        openssl req -newkey rsa:2048 -nodes -keyout broker.key -out broker.csr -subj /CN=localhost
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > san
        openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out broker.pem -days 2 -extfile san";
    let made = Command::new("sh")
        .args(["-ec", script])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    made.is_ok_and(|status| status.success())
}

#[test]
fn samples_are_encrypted_and_the_broker_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let program = std::path::Path::new("/usr/sbin/mosquitto");
    if !program.exists() || !certificates(folder.path()) {
        return;
    }
    let port = free_port();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let text = format!(
        "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\ncertfile {}\nkeyfile {}\ncafile {}\n",
        at("broker.pem"),
        at("broker.key"),
        at("ca.pem")
    );
    std::fs::write(at("mosquitto.conf"), text).unwrap();
    let mut broker = Command::new(program)
        .args(["-c", &at("mosquitto.conf")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until("it listens", || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let options = format!(r#"{{"tls":{{"ca":{:?}}}}}"#, at("ca.pem"));
    let mut log = open(port, &options, None);
    log.write(&row(0, &[("power", "W", 1.0)]));
    let (plugin, said) = log.finish();
    assert!(said.starts_with("done"), "{said}");
    drop(plugin);
    // Its authority is not one that the system trusts.
    let mut log = open(port, r#"{"tls":{}}"#, None);
    log.write(&row(0, &[("power", "W", 1.0)]));
    let (plugin, said) = log.finish();
    assert!(
        said.contains("Device: no sample has reached the broker"),
        "{said}"
    );
    drop(plugin);
    // A file without a certificate is told at once.
    let sink = crate::support::plugin(port, &format!(r#"{{"tls":{{"ca":{:?}}}}}"#, at("san")));
    let header = crate::support::header();
    let Err(error) = sink.open(&header, &pipeline_plugin::Context::detached()) else {
        panic!("there is no certificate");
    };
    assert!(
        error.to_string().ends_with("has no certificate in it"),
        "{error}"
    );
    broker.kill().unwrap();
    broker.wait().unwrap();
}
