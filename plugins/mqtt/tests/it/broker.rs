//! Brokers to test against: a small one of our own, which shares no code with the client, and
//! mosquitto where it is installed.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A running broker.
pub(crate) enum Broker {
    Own(Own),
    Mosquitto(Mosquitto),
}

impl Broker {
    /// One of each kind that there is.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Own(Own::start(0))];
        all.extend(Mosquitto::start(free_port()).map(Self::Mosquitto));
        all
    }

    pub(crate) fn port(&self) -> u16 {
        match self {
            Self::Own(own) => own.port,
            Self::Mosquitto(mosquitto) => mosquitto.port,
        }
    }

    /// Ends it without a word, and starts it again at the same address when `run` is through.
    pub(crate) fn away<T>(self, run: impl FnOnce() -> T) -> (Self, T) {
        match self {
            Self::Own(own) => {
                let port = own.port;
                drop(own);
                let result = run();
                (Self::Own(Own::start(port)), result)
            }
            Self::Mosquitto(mosquitto) => {
                let port = mosquitto.port;
                drop(mosquitto);
                let result = run();
                (Self::Mosquitto(Mosquitto::start(port).unwrap()), result)
            }
        }
    }
}

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) struct Mosquitto {
    child: Child,
    port: u16,
    /// Goes with it.
    #[expect(dead_code, reason = "kept until the broker ends")]
    folder: tempfile::TempDir,
}

impl Mosquitto {
    /// `None` if it is not installed.
    fn start(port: u16) -> Option<Self> {
        let program = [
            "/usr/sbin/mosquitto",
            "/usr/local/sbin/mosquitto",
            "/usr/bin/mosquitto",
        ]
        .into_iter()
        .find(|path| std::path::Path::new(path).exists())?;
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("mosquitto.conf");
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\n");
        std::fs::write(&config, text).unwrap();
        let child = Command::new(program)
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        Some(Self {
            child,
            port,
            folder,
        })
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A broker of MQTT 3.1.1 that knows what this crate needs.
pub(crate) struct Own {
    port: u16,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

#[derive(Default)]
struct State {
    clients: Vec<Client>,
    retained: BTreeMap<String, Vec<u8>>,
    next: u32,
}

struct Client {
    number: u32,
    stream: TcpStream,
    filters: Vec<String>,
    will: Option<(String, Vec<u8>, bool)>,
}

impl Own {
    fn start(port: u16) -> Self {
        let listener = (0..500)
            .find_map(|_| {
                let bound = TcpListener::bind(("127.0.0.1", port)).ok();
                if bound.is_none() {
                    thread::sleep(Duration::from_millis(10));
                }
                bound
            })
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let (all, end) = (Arc::clone(&state), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let all = Arc::clone(&all);
                let stream = stream.unwrap();
                thread::spawn(move || serve(stream, &all));
            }
        });
        let thread = Some(thread);
        Self {
            port,
            state,
            stop,
            thread,
        }
    }

    /// Cuts every connection, as a network that fails.
    pub(crate) fn cut(&self) {
        for client in &self.state.lock().unwrap().clients {
            let _ = client.stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn filters(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        state
            .clients
            .iter()
            .flat_map(|c| c.filters.clone())
            .collect()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.thread.take().unwrap().join().unwrap();
        self.cut();
    }
}

/// A client's connection, to its end.
fn serve(mut stream: TcpStream, all: &Mutex<State>) {
    let mut number = None;
    while let Ok((head, body)) = packet(&mut stream) {
        let mut body = Body(&body);
        let mut state = all.lock().unwrap();
        match head >> 4 {
            1 => {
                assert_eq!(body.text(), "MQTT");
                assert_eq!(body.take(1), [4], "MQTT 3.1.1");
                let flags = body.take(1)[0];
                assert_eq!(flags & 2, 2, "a clean session");
                assert!(body.number() > 0, "keeps alive");
                assert!(!body.text().is_empty(), "a name");
                let will = (flags & 4 != 0).then(|| {
                    let topic = body.text();
                    let length = usize::from(body.number());
                    (topic, body.take(length).to_vec(), flags & 0x20 != 0)
                });
                state.next += 1;
                number = Some(state.next);
                let client = Client {
                    number: state.next,
                    stream: stream.try_clone().unwrap(),
                    filters: Vec::new(),
                    will,
                };
                state.clients.push(client);
                let _ = stream.write_all(&[0x20, 2, 0, 0]);
            }
            3 => {
                let topic = body.text();
                let quality = (head >> 1) & 3;
                let packet = (quality > 0).then(|| body.number());
                state.publish(&topic, body.0, head & 1 == 1);
                if let Some(packet) = packet {
                    let [high, low] = packet.to_be_bytes();
                    let _ = stream.write_all(&[0x40, 2, high, low]);
                }
            }
            8 => {
                let [high, low] = body.number().to_be_bytes();
                let mut answer = vec![0x90, 2, high, low];
                let mut filters = Vec::new();
                while !body.0.is_empty() {
                    filters.push(body.text());
                    answer.push(body.take(1)[0].min(1));
                    answer[1] += 1;
                }
                let _ = stream.write_all(&answer);
                for (topic, payload) in &state.retained {
                    if filters.iter().any(|filter| fits(filter, topic)) {
                        send(&mut stream, topic, payload, true);
                    }
                }
                let client = state.clients.iter_mut().find(|c| Some(c.number) == number);
                client.unwrap().filters.extend(filters);
            }
            12 => {
                let _ = stream.write_all(&[0xd0, 0]);
            }
            14 => {
                let client = state.clients.iter_mut().find(|c| Some(c.number) == number);
                client.unwrap().will = None;
                break;
            }
            _ => {}
        }
    }
    let mut state = all.lock().unwrap();
    let position = state.clients.iter().position(|c| Some(c.number) == number);
    if let Some(client) = position.map(|position| state.clients.remove(position))
        && let Some((topic, payload, retain)) = client.will
    {
        state.publish(&topic, &payload, retain);
    }
    let _ = stream.shutdown(Shutdown::Both);
}

impl State {
    fn publish(&mut self, topic: &str, payload: &[u8], retain: bool) {
        if retain && payload.is_empty() {
            self.retained.remove(topic);
        } else if retain {
            self.retained.insert(topic.to_owned(), payload.to_vec());
        }
        for client in &mut self.clients {
            if client.filters.iter().any(|filter| fits(filter, topic)) {
                send(&mut client.stream, topic, payload, false);
            }
        }
    }
}

fn send(stream: &mut TcpStream, topic: &str, payload: &[u8], retain: bool) {
    let mut packet = vec![0x30 | u8::from(retain)];
    let mut length = 2 + topic.len() + payload.len();
    while length >= 128 {
        packet.push(u8::try_from(length % 128).unwrap() | 0x80);
        length /= 128;
    }
    packet.push(u8::try_from(length).unwrap());
    packet.extend(u16::try_from(topic.len()).unwrap().to_be_bytes());
    packet.extend(topic.as_bytes());
    packet.extend(payload);
    let _ = stream.write_all(&packet);
}

fn fits(filter: &str, topic: &str) -> bool {
    let (mut filter, mut topic) = (filter.split('/'), topic.split('/'));
    loop {
        match (filter.next(), topic.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (one, other) if one == other => {}
            _ => return false,
        }
    }
}

/// First byte and body of a packet.
fn packet(stream: &mut TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    let head = byte[0];
    let (mut length, mut shift) = (0, 0);
    loop {
        stream.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok((head, body))
}

struct Body<'a>(&'a [u8]);

impl<'a> Body<'a> {
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> u16 {
        u16::from_be_bytes(self.take(2).try_into().unwrap())
    }

    fn text(&mut self) -> String {
        let length = usize::from(self.number());
        String::from_utf8(self.take(length).to_vec()).unwrap()
    }
}
