//! Servers that take lines, that do not, and that are away.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use expect_test::expect;

use crate::server::Server;
use crate::support::{line, lines, open, open_with, until, version_1};

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn a_server_of_version_1_gets_lines() {
    let (server, folder) = (Server::start(0, &[]), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("password"), "s3cret\n").unwrap();
    let password = folder.path().join("password");
    let options = format!(
        r#"{{"url":"http://127.0.0.1:{}/","database":"my power","user":"me","password":{{"file":{password:?}}}}}"#,
        server.port
    );
    let mut log = open(&options, &folder.path().join("spool"));
    log.rows(0..5);
    let (plugin, told) = log.finish();
    assert_eq!(
        told,
        format!("done http://127.0.0.1:{}//my power/pipeline\n", server.port)
    );
    assert_eq!(server.lines(), lines(0..5));
    let request = &server.requests()[0];
    assert_eq!(
        request.line,
        "POST /write?db=my%20power&precision=ns HTTP/1.1"
    );
    // `me:s3cret`
    assert_eq!(
        request.header("Authorization").as_deref(),
        Some("Basic bWU6czNjcmV0")
    );
    drop(plugin);
}

#[test]
fn a_server_of_version_2_gets_lines() {
    let (server, folder) = (Server::start(0, &[]), tempfile::tempdir().unwrap());
    let options = format!(
        r#"{{"url":"http://127.0.0.1:{}","org":"home","bucket":"a&b","token":{{"env":"CARGO_PKG_NAME"}}}}"#,
        server.port
    );
    let mut log = open(&options, folder.path());
    log.rows(0..1);
    log.finish();
    let request = &server.requests()[0];
    assert_eq!(
        request.line,
        "POST /api/v2/write?org=home&bucket=a%26b&precision=ns HTTP/1.1"
    );
    assert_eq!(
        request.header("Authorization").as_deref(),
        Some("Token plugin-influx")
    );
    assert_eq!(request.body, lines(0..1));
}

/// Nothing is lost while the server is busy, wants another password, or breaks the connection.
#[test]
fn lines_are_sent_until_they_are_taken() {
    let answers = [
        "503 Service Unavailable|",
        "drop",
        "401 Unauthorized|{\"error\":\"authorization failed\"}",
        "307 Temporary Redirect+Location: http://127.0.0.1:9/|",
        "429 Too Many Requests+Retry-After: 1|",
    ];
    let (server, folder) = (
        Server::start(0, &answers[..1]),
        tempfile::tempdir().unwrap(),
    );
    let mut log = open(&version_1(server.port), folder.path());
    log.rows(0..3);
    until("they are taken", || server.lines() == lines(0..3));
    let (plugin, told) = log.finish();
    let told: Vec<_> = told.lines().take(2).collect();
    expect![[r#"
        warn the server does not take lines: HTTP 503; they wait in the spool, and it is tried again
        warn the server takes lines again"#]]
    .assert_eq(&told.join("\n"));
    drop((plugin, server));
    for answer in &answers[1..] {
        let server = Server::start(0, &[*answer]);
        let folder = tempfile::tempdir().unwrap();
        let mut log = open(&version_1(server.port), folder.path());
        log.rows(0..3);
        until("they are taken", || server.lines() == lines(0..3));
        let (_, told) = log.finish();
        assert!(told.contains("tried again"), "{answer}: {told}");
        assert_eq!(
            fs::metadata(folder.path().join("00000001.lp"))
                .unwrap()
                .len(),
            0
        );
    }
}

#[test]
fn what_waits_is_sent_by_the_next_run() {
    let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
    let mut log = open(&version_1(port), folder.path());
    log.rows(0..3);
    let (plugin, told) = log.finish();
    assert!(
        told.contains("1 KiB wait in the spool for the server"),
        "{told}"
    );
    // The next stream of the same run.
    let mut log = open_with(plugin).unwrap();
    log.rows(3..5);
    drop(log.finish());
    let server = Server::start(port, &[]);
    let mut log = open(&version_1(port), folder.path());
    log.rows(5..6);
    until("all are taken", || server.lines() == lines(0..6));
    drop(log.finish());
}

/// Lines of another type than the server has can't be sent for ever.
#[test]
fn refused_lines_are_put_aside() {
    let refusal = r#"400 Bad Request|{"error":"partial write: field type conflict dropped=1"}"#;
    let (server, folder) = (Server::start(0, &[refusal]), tempfile::tempdir().unwrap());
    let mut log = open(&version_1(server.port), folder.path());
    log.rows(0..1);
    until("it is told", || log.told().contains("refused"));
    log.rows(1..2);
    until("the next one is taken", || server.lines() == lines(1..2));
    let (plugin, told) = log.finish();
    let first = told.lines().next().unwrap();
    expect!["warn the server refused a request of 1 lines, which are now in `rejected.lp` of the spool: HTTP 400: partial write: field type conflict dropped=1"].assert_eq(first);
    let aside = fs::read_to_string(folder.path().join("rejected.lp")).unwrap();
    assert_eq!(aside, line(0, 1.5));
    drop(plugin);
}

#[test]
fn a_request_that_is_too_large_is_halved() {
    let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
    let mut log = open(&version_1(port), folder.path());
    log.rows(0..100);
    drop(log.finish());
    let server = Server::start(port, &["413 Too Large|", "413 Too Large|"]);
    let log = open(&version_1(port), folder.path());
    until("all are taken", || server.lines() == lines(0..100));
    assert!(server.requests().len() >= 4);
    drop(log.finish());
}

#[test]
fn a_spool_is_for_one_run() {
    let (server, folder) = (Server::start(0, &[]), tempfile::tempdir().unwrap());
    let log = open(&version_1(server.port), folder.path());
    let other = crate::support::plugin(&version_1(server.port), folder.path());
    let Err(error) = open_with(other) else {
        panic!("two runs share a spool");
    };
    assert!(error.to_string().contains("another run uses the spool"));
    drop(log);
}

#[test]
fn datagrams_have_whole_lines() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let options = format!(r#"{{"udp":"{}"}}"#, socket.local_addr().unwrap());
    let mut log = open(&options, folder.path());
    log.rows(0..60);
    let mut came = String::new();
    let mut buffer = [0; 2000];
    while came.len() < lines(0..60).len() {
        let length = socket.recv(&mut buffer).unwrap();
        assert!(length <= 1400, "{length}");
        let text = str::from_utf8(&buffer[..length]).unwrap();
        assert!(text.ends_with('\n'), "{text}");
        came.push_str(text);
    }
    assert_eq!(came, lines(0..60));
    drop(log.finish());
}
