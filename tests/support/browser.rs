//! A headless Chromium, controlled over its DevTools protocol.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// Maximum time for any response.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The path of Chromium: `CHROMIUM`, or one of its usual names in `PATH`.
pub(crate) fn installed() -> Option<PathBuf> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Some(path.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

/// One browser with one tab. The browser is stopped when this value is dropped.
pub(crate) struct Tab {
    child: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    next: u64,
    /// Events of the page: console messages, exceptions, requests, log entries.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Drop for Tab {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Tab {
    pub(crate) fn open(chromium: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a folder for the browser");
        let mut child = Command::new(chromium)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("chromium starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(stderr.read_line(&mut line).expect("readable") > 0, "chromium ended before it listened");
            if let Some((_, address)) = line.trim().split_once("DevTools listening on ") {
                break address.to_owned();
            }
        };
        // Keep reading: the browser would block on a full pipe.
        std::thread::spawn(move || while matches!(stderr.read_line(&mut String::new()), Ok(n) if n > 0) {});
        let host = address.trim_start_matches("ws://").split('/').next().expect("a host").to_owned();
        let stream = TcpStream::connect(host).expect("chromium listens on loopback");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        let (socket, _) = tungstenite::client(address, stream).expect("a websocket");
        let mut tab = Self { child, socket, session: None, next: 0, events: Vec::new(), _profile: profile };
        let target = tab.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"].clone();
        let attached = tab.call("Target.attachToTarget", &json!({ "targetId": target, "flatten": true }));
        tab.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            tab.call(&format!("{domain}.enable"), &json!({}));
        }
        tab
    }

    /// Calls a method and waits for its result.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut request = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.socket.send(Message::text(request.to_string())).expect("sent");
        loop {
            let answer = self.read();
            if answer["id"] == json!(id) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn read(&mut self) -> Value {
        loop {
            let message = self.socket.read().expect("an answer in time");
            if let Message::Text(text) = message {
                let value: Value = serde_json::from_str(&text).expect("JSON");
                if value.get("method").is_some() {
                    self.events.push(value.clone());
                }
                return value;
            }
        }
    }

    /// Opens a file and waits until it has loaded.
    pub(crate) fn visit(&mut self, page: &Path) {
        self.events.clear();
        let page = fs::canonicalize(page).expect("the page");
        self.call("Page.navigate", &json!({ "url": format!("file://{}", page.display()) }));
        let end = Instant::now() + TIMEOUT;
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            assert!(Instant::now() < end, "the page does not load");
            self.read();
        }
    }

    /// The value of an expression in the page. The policy of the page does not apply to the DevTools.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            &json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Presses and releases a key.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            self.call(
                "Input.dispatchKeyEvent",
                &json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text }),
            );
        }
    }

    /// Sets the width in CSS pixels, and light or dark mode.
    pub(crate) fn emulate(&mut self, width: u32, dark: bool) {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", &media);
    }

    /// Screenshots of the whole page, from top to bottom, each at most `height` CSS pixels high.
    pub(crate) fn screenshots(&mut self, height: u64) -> Vec<Vec<u8>> {
        let whole = self.call("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let (width, tall) = (whole["width"].clone(), whole["height"].as_f64().expect("a height"));
        let mut screenshots = Vec::new();
        let mut y = 0;
        while (y as f64) < tall {
            let clip =
                json!({ "x": 0, "y": y, "width": width, "height": (tall - y as f64).min(height as f64), "scale": 1 });
            let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
            let answer = self.call("Page.captureScreenshot", &params);
            screenshots.push(BASE64_STANDARD.decode(answer["data"].as_str().expect("a screenshot")).expect("base64"));
            y += height;
        }
        screenshots
    }

    /// Everything that the page logged: errors, warnings, exceptions, console messages.
    pub(crate) fn errors(&self) -> Vec<String> {
        let bad = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => true,
            Some("Log.entryAdded") => event["params"]["entry"]["level"] != "verbose",
            _ => false,
        };
        self.events.iter().filter(bad).map(ToString::to_string).collect()
    }

    /// The URLs that were requested, including the page itself.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }
}
