//! `cargo book`: serves the book on loopback, and builds it again when anything of it changes.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::Request;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{oneshot, watch};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::build::{self, FOLDERS, Options};
use crate::{tell, tell_each};
use recorder::scratch::Scratch;
use recorder::signals::Signals;

/// Where the pages wait for the message that makes them reload.
const LIVE_RELOAD: &str = "__livereload";

/// What follows sooner belongs to the same change: an editor saves a file in several steps.
const ONE_CHANGE: Duration = Duration::from_millis(100);

/// The ports to which a browser does not connect (<https://fetch.spec.whatwg.org/#port-blocking>).
const REFUSED_BY_BROWSERS: &[u16] = &[
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
    101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161,
    179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563,
    587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/// What a page says as long as there is no book. It asks again every second.
const NOT_BUILT: &str = "<!DOCTYPE html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"1\"><title>Not built yet</title></head>
<body><p>The book isn't built yet. If it can't be built, <code>cargo book</code> says why in its terminal.</p></body></html>
";

/// The folders on the way to those of the book. Their own watches tell when one of those goes or comes.
const WAYS: [&str; 3] = ["", "book", "tests"]; // the first is the root

/// What the thread that builds the book hears.
enum News {
    Changed,
    End,
}

/// Builds the book within the folder `target`, serves it on that port of 127.0.0.1 (0: any), and opens it in a browser
/// if `open`. Ends when told to.
pub async fn run(
    root: &Path,
    target: &Path,
    port: u16,
    open: bool,
    signals: &mut Signals,
) -> Result<()> {
    let listener = listen(port)?;
    let address = listener.local_addr()?;
    let scratch = Scratch::new_in(&std::path::absolute(target)?)?;
    let dest = scratch.path().join("book");
    let (built, _) = watch::channel(());
    let router = router(dest.clone(), built.clone());

    let (sender, news) = mpsc::channel();
    let end = sender.clone();
    let mut watcher = watch_material(root, &sender)?;
    let root = root.to_owned();
    let (tried, first_build) = oneshot::channel();
    let builds = tokio::task::spawn_blocking(move || {
        build(&root, &dest, &built);
        let _ = tried.send(()); // fails only if we are ending
        while next_change(&news) {
            // A folder may have gone or come. Whatever changes from here on is seen again.
            match watch_material(&root, &sender) {
                Ok(new) => drop(std::mem::replace(&mut watcher, new)),
                Err(error) => tell(&error),
            }
            if build(&root, &dest, &built) {
                say("built again");
            }
        }
    });
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let served = tokio::select! {
        result = axum::serve(listener, router) => result,
        () = announce(first_build, address, open) => Ok(()),
        () = signals.next() => Ok(()),
    };
    // The build that is under way ends first.
    let _ = end.send(News::End); // fails only if nothing builds any more
    signals.finish(builds).await?;
    scratch.remove()?;
    Ok(served?)
}

/// Listens on loopback, and nowhere else.
fn listen(port: u16) -> Result<TcpListener> {
    if REFUSED_BY_BROWSERS.contains(&port) {
        bail!(
            "browsers refuse port {port}, which other protocols use: \
             take another with `cargo book --port N`, or 0 for any that is free"
        );
    }
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => listener,
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} of 127.0.0.1 is taken: is another `cargo book` running? \
             `cargo book --port N` takes another port, 0 any that is free"
        ),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("can't listen on 127.0.0.1:{port}"));
        }
    };
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Answers requests with the book in `dest`, and lets its pages wait for the next one.
fn router(dest: PathBuf, built: watch::Sender<()>) -> Router {
    let live_reload = get(async move |upgrade: WebSocketUpgrade| {
        let built = built.subscribe();
        upgrade.on_upgrade(|page| tell_when_built(page, built))
    });
    Router::new()
        .route(&format!("/{LIVE_RELOAD}"), live_reload)
        .fallback(async move |request| answer(request, &dest).await)
        // A browser that asks "changed since that second?" may miss the second change in it.
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
}

/// Answers with a file of the book, or else with its page that says that there is none.
async fn answer(request: Request, dest: &Path) -> Response {
    if !dest.exists() {
        return (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response();
    }
    match ServeDir::new(dest).try_call(request).await {
        Ok(file) if file.status() != StatusCode::NOT_FOUND => file.into_response(),
        // An error is as good: the system may say that no file has such a name.
        _ => {
            let page = fs::read_to_string(dest.join("404.html")).unwrap_or_default();
            (StatusCode::NOT_FOUND, Html(page)).into_response()
        }
    }
}

/// Waits for the next book and tells the page, which then reloads.
async fn tell_when_built(mut page: WebSocket, mut built: watch::Receiver<()>) {
    tokio::select! {
        Ok(()) = built.changed() => {
            let _ = page.send(Message::Text("reload".into())).await; // the page may be gone
        }
        _ = page.recv() => {} // it is gone
    }
}

/// Builds the book, and lets the pages know. A book with problems does not replace a good one.
fn build(root: &Path, dest: &Path, built: &watch::Sender<()>) -> bool {
    let options = Options { live_reload: Some(LIVE_RELOAD), draft: !dest.exists() };
    let result = build::run(root, dest, options);
    match &result {
        Ok(()) => built.send_replace(()),
        Err(error) => tell(error),
    }
    result.is_ok()
}

/// Says where the book is once it was built, or could not be, and opens it in a browser if `open`. Ends only if nothing
/// builds any more.
async fn announce(first_build: oneshot::Receiver<()>, address: SocketAddr, open: bool) {
    if first_build.await.is_err() {
        return;
    }
    say(&format!("the book is at http://{address} (Ctrl-C ends it)"));
    if open && let Err(error) = open::that_detached(format!("http://{address}")) {
        tell_each(&[format!("can't open a browser: {error}")]);
    }
    std::future::pending().await
}

/// Says a line on standard output, which may have been closed.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Waits for a change, and for the end of it. False if we are to end instead.
fn next_change(news: &Receiver<News>) -> bool {
    let mut next = news.recv().ok();
    while let Some(News::Changed) = next {
        next = match news.recv_timeout(ONE_CHANGE) {
            Ok(next) => Some(next),
            Err(_) => return true,
        };
    }
    false
}

/// Watches what the book is made of, as long as the watcher lives, and says when something of it has changed.
fn watch_material(root: &Path, sender: &Sender<News>) -> Result<RecommendedWatcher> {
    // As the system names it in what it says.
    let root = fs::canonicalize(root)
        .with_context(|| format!("can't find {}", root.display()))?;
    let sender = sender.clone();
    let is_material = {
        let root = root.clone();
        move |path: &PathBuf| {
            let path = path.strip_prefix(&root).unwrap_or(path);
            path == Path::new("book/book.toml")
                || WAYS[1..].iter().any(|way| path == Path::new(way))
                || FOLDERS.iter().any(|folder| path.starts_with(folder))
        }
    };
    let on_event = move |event: notify::Result<Event>| {
        let is_change = match event {
            // A file that is only read, as each build does, is told of as well.
            Ok(event) if event.need_rescan() => true, // whatever was missed
            Ok(event) => !event.kind.is_access() && event.paths.iter().any(&is_material),
            Err(_) => true,
        };
        if is_change {
            let _ = sender.send(News::Changed); // fails only when the server is ending
        }
    };
    let config = Config::default().with_follow_symlinks(false);
    let mut watcher =
        RecommendedWatcher::new(on_event, config).context("can't watch for changes")?;
    let watched = WAYS.iter().map(|folder| (folder, RecursiveMode::NonRecursive));
    let watched = watched.chain(FOLDERS.iter().map(|it| (it, RecursiveMode::Recursive)));
    for (folder, mode) in watched {
        let path = root.join(folder);
        match watcher.watch(&path, mode) {
            Err(_) if !path.exists() => {} // when it comes, its parent's watch tells
            result => result
                .with_context(|| format!("can't watch {} for changes", path.display()))?,
        }
    }
    Ok(watcher)
}
