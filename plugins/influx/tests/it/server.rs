//! A server that answers as it is told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let prefix = format!("{name}:").to_lowercase();
        let mut headers = self.headers.iter();
        let found = headers.find(|header| header.to_lowercase().starts_with(&prefix))?;
        Some(found[prefix.len()..].trim().to_owned())
    }
}

pub(crate) struct Server {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Gives these answers (`400 Bad Request|{"error":"no"}`), one after another; then `204`.
    pub(crate) fn start(port: u16, answers: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: VecDeque<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let answers = Arc::new(Mutex::new(answers));
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (all, end) = (Arc::clone(&requests), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let (all, answers) = (Arc::clone(&all), Arc::clone(&answers));
                let stream = stream.unwrap();
                thread::spawn(move || serve(&stream, &all, &answers));
            }
        });
        let thread = Some(thread);
        Self {
            port,
            requests,
            stop,
            thread,
        }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// All bodies, one after another.
    pub(crate) fn lines(&self) -> String {
        self.requests()
            .iter()
            .map(|request| request.body.as_str())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.thread.take().unwrap().join().unwrap();
    }
}

fn serve(stream: &TcpStream, all: &Mutex<Vec<Request>>, answers: &Mutex<VecDeque<String>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim().to_owned());
        }
        let mut request = Request {
            line: head.remove(0),
            headers: head,
            body: String::new(),
        };
        let length = request.header("Content-Length").unwrap().parse().unwrap();
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        request.body = String::from_utf8(body).unwrap();
        let answer = answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| "204 No Content|".to_owned());
        if answer == "drop" {
            return;
        }
        let (status, body) = answer.split_once('|').unwrap();
        let (status, extra) = status.split_once('+').unwrap_or((status, ""));
        if status.starts_with("204") {
            all.lock().unwrap().push(request);
        }
        let length = body.len();
        let extra = if extra.is_empty() {
            String::new()
        } else {
            format!("{extra}\r\n")
        };
        let text = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{extra}\r\n{body}");
        let _ = (&mut &*stream).write_all(text.as_bytes());
    }
}
