//! A browser, driven over WebDriver: JSON over HTTP, as chromedriver speaks it.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

use serde_json::{Value, json};
use tempfile::TempDir;

/// No command takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// The programs and the script that these tests need beside Cargo.
pub struct Tools {
    chromium: PathBuf,
    chromedriver: PathBuf,
    /// The source of axe-core, which finds what is not accessible.
    pub axe: String,
}

impl Tools {
    /// Finds them. Where one is missing, this says that the test is skipped, or panics if `CI` is `true`.
    pub fn find() -> Option<Tools> {
        let found = || -> Result<Tools, String> {
            let axe = env::var_os("AXE").map(PathBuf::from);
            let axe = axe.unwrap_or_else(|| {
                let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
                root.join("target/axe/node_modules/axe-core/axe.min.js")
            });
            Ok(Tools {
                chromium: on_path(&["chromium", "chromium-browser", "google-chrome"])
                    .ok_or("no chromium (apt-get install chromium)")?,
                chromedriver: on_path(&["chromedriver"])
                    .ok_or("no chromedriver (apt-get install chromium-driver)")?,
                axe: fs::read_to_string(&axe).map_err(|error| {
                    format!("no axe-core at {} (npm install --prefix target/axe axe-core): {error}", axe.display())
                })?,
            })
        };
        match found() {
            Ok(tools) => Some(tools),
            Err(missing) if env::var_os("CI").is_some_and(|it| it == "true") => {
                panic!("the browser's tests can't run: {missing}")
            }
            Err(missing) => {
                // Not `eprintln!`: the test harness would keep that to itself.
                let _ = writeln!(io::stderr(), "SKIPPED, a test in a browser: {missing}");
                None
            }
        }
    }
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let places = names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |it| it.join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// A running Chromium. It is ended when this is dropped, also by a failing test.
pub struct Browser {
    driver: Child,
    http: ureq::Agent,
    session: String,
    profile: TempDir,
}

/// How large the window is, and what the reader prefers.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub size: (u32, u32),
    pub scheme: &'static str,
}

impl Browser {
    pub fn start(tools: &Tools) -> Browser {
        let profile = TempDir::new().expect("there is room for a folder");
        let mut driver = Command::new(&tools.chromedriver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let out = BufReader::new(driver.stdout.take().expect("its output is piped"));
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            // To the end: chromedriver must not be stopped by a full pipe.
            for line in out.lines().map_while(Result::ok) {
                if let Some((_, port)) = line.split_once("started successfully on port ")
                {
                    let _ = tell.send(port.trim_end_matches('.').to_owned());
                }
            }
        });
        let http = ureq::Agent::config_builder()
            .timeout_global(Some(LIMIT))
            .http_status_as_error(false)
            .build()
            .new_agent();
        // From here on, dropping it ends the driver.
        let mut browser = Browser { driver, http, session: String::new(), profile };
        let port = told.recv_timeout(LIMIT).expect("chromedriver tells its port");
        let base = format!("http://127.0.0.1:{port}/session");
        browser.session = base.clone();
        let switches = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ];
        let mut switches: Vec<String> = switches.map(str::to_owned).to_vec();
        switches.push(format!("--user-data-dir={}", browser.profile.path().display()));
        let session = browser.post(
            "",
            json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "timeouts": { "script": 30_000, "pageLoad": 30_000 },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": { "binary": tools.chromium, "args": switches },
        } } }),
        );
        let id = session["sessionId"].as_str().expect("the session has a name");
        browser.session = format!("{base}/{id}");
        browser
    }

    fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.session);
        let mut answer = self.http.post(&url).send_json(&body).unwrap_or_else(|error| {
            panic!("chromedriver does not answer to {path}: {error}")
        });
        let mut answer: Value = answer
            .body_mut()
            .with_config()
            .limit(64 << 20)
            .read_json()
            .expect("chromedriver answers in JSON");
        assert!(
            answer["value"]["error"].is_null(),
            "{path} failed: {} {}",
            answer["value"]["error"],
            answer["value"]["message"]
        );
        answer["value"].take()
    }

    /// Goes to a page, and waits until it is loaded. What was logged before is forgotten.
    pub fn go(&self, url: &str) {
        self.log("browser");
        self.log("performance");
        self.post("/url", json!({ "url": url }));
    }

    /// Runs a script on the page: the body of a function.
    pub fn run(&self, script: &str, arguments: Value) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": arguments }))
    }

    /// Runs a script that calls its last argument with the result, when it is there.
    pub fn run_until(&self, script: &str, arguments: Value) -> Value {
        self.post("/execute/async", json!({ "script": script, "args": arguments }))
    }

    /// Waits until an expression of JavaScript is true.
    pub fn wait_for(&self, expression: &str) {
        let script = format!(
            "const done = arguments[0]; const look = () => ({expression}) ? done(true) : requestAnimationFrame(look); look();"
        );
        self.run_until(&script, json!([]));
    }

    fn find(&self, css: &str) -> String {
        let found =
            self.post("/element", json!({ "using": "css selector", "value": css }));
        let id = found.as_object().and_then(|it| it.values().next()?.as_str());
        id.expect("an element has a name").to_owned()
    }

    /// Clicks, as a hand would: what covers the element gets the click.
    pub fn click(&self, css: &str) {
        let to_middle =
            "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })";
        self.run(to_middle, json!([css])); // away from the bar that stays at the top
        self.post(&format!("/element/{}/click", self.find(css)), json!({}));
    }

    /// Types into what has the focus.
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key }))
            })
            .collect();
        self.post(
            "/actions",
            json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }),
        );
    }

    /// What was logged since the last time: of the console (`browser`), or of the network (`performance`).
    pub fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("/se/log", json!({ "type": kind }));
        log.as_array().expect("a log is a list").clone()
    }

    /// A command of Chromium's own.
    pub fn command(&self, name: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": name, "params": parameters }))
    }

    /// Makes the window so large, and the reader prefer light or dark.
    pub fn view(&self, view: View) {
        let (width, height) = view.size;
        self.command("Emulation.setDeviceMetricsOverride", json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        }));
        self.prefer(&[("prefers-color-scheme", view.scheme)]);
    }

    /// What the reader prefers, as media features.
    pub fn prefer(&self, features: &[(&str, &str)]) {
        let features =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": features.collect::<Vec<_>>() }),
        );
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.http.delete(&self.session).call(); // ends Chromium in peace
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        end_those_of(self.profile.path());
    }
}

/// Ends every process that was started with this profile, should one be left.
fn end_those_of(profile: &Path) {
    let profile = profile.display().to_string();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&command).contains(&profile) {
            let _ = Command::new("kill")
                .arg("-9")
                .arg(process.file_name())
                .stderr(Stdio::null())
                .status();
        }
    }
}
