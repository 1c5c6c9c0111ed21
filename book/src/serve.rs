//! `cargo book`: serves the book on loopback, and builds it anew when anything of it changes.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderValue, header};
use axum::routing::get;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::build::{self, Options};
use crate::tell;

/// Where the pages wait for the message that makes them reload.
const LIVE_RELOAD: &str = "__livereload";

/// What follows sooner belongs to the same change: an editor saves a file in several steps.
const ONE_CHANGE: Duration = Duration::from_millis(100);

/// The folders with what the book is made of, and whether all that is in them is.
const MATERIAL: &[(&str, RecursiveMode)] = &[
    ("chapters", RecursiveMode::Recursive),
    ("examples", RecursiveMode::Recursive),
    ("tests/transcripts", RecursiveMode::Recursive),
    ("book/theme", RecursiveMode::Recursive),
    ("book", RecursiveMode::NonRecursive), // for book.toml: an editor may put a new file in its place
];

/// Builds the book within the folder `target`, serves it on that port of 127.0.0.1 (0: any), and opens it in a browser
/// if `open`. Ends with Ctrl-C.
pub fn run(root: &Path, target: &Path, port: u16, open: bool) -> Result<()> {
    let listener = listen(port)?;
    let address = listener.local_addr()?;
    // The port makes it a folder of our own.
    let dest =
        std::path::absolute(target)?.join(format!("book-served-{}", address.port()));

    let (watcher, changes) = watch_material(root)?;
    let options = Options { live_reload: Some(LIVE_RELOAD), draft: true };
    build::run(root, &dest, options)?;
    let (built, _) = watch::channel(());
    let app = Router::new()
        .route(
            &format!("/{LIVE_RELOAD}"),
            get({
                let built = built.clone();
                async move |upgrade: WebSocketUpgrade| {
                    let built = built.subscribe();
                    upgrade.on_upgrade(|page| tell_when_built(page, built))
                }
            }),
        )
        .fallback_service(
            ServeDir::new(&dest).not_found_service(ServeFile::new(dest.join("404.html"))),
        )
        // A browser that asks "changed since that second?" may miss the second change in it.
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ));
    let rebuilds = thread::spawn({
        let (root, dest) = (root.to_owned(), dest.clone());
        move || rebuild(&root, &dest, &changes, &built)
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(
        async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let mut interrupted = pin!(tokio::signal::ctrl_c());
            // Ctrl-C is looked out for from the first poll on.
            tokio::select! {
                biased;
                result = &mut interrupted => return result,
                () = std::future::ready(()) => {}
            }
            println!("the book is at http://{address} (Ctrl-C ends it)");
            if open && let Err(error) = open::that_detached(format!("http://{address}")) {
                eprintln!("can't open a browser: {error}");
            }
            tokio::select! {
                result = axum::serve(listener, app) => result,
                result = interrupted => result,
            }
        },
    )?;
    drop(watcher); // the last of the changes
    let _ = rebuilds.join();
    std::fs::remove_dir_all(&dest)
        .with_context(|| format!("can't remove {}", dest.display()))
}

/// Listens on loopback, and nowhere else.
fn listen(port: u16) -> Result<TcpListener> {
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

/// Watches what the book is made of, as long as the watcher lives, and says when something of it has changed.
fn watch_material(root: &Path) -> Result<(RecommendedWatcher, Receiver<()>)> {
    // Of what lies directly in the crate's folder, the settings alone are the book's. (A system may name the root in
    // another way than we do.)
    let is_material = |path: &PathBuf| {
        path.ends_with("book/book.toml")
            || !path.parent().is_some_and(|it| it.ends_with("book"))
    };
    let (sender, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let is_change = match event {
            // A file that is only read, as each build does, is told of as well.
            Ok(event) => !event.kind.is_access() && event.paths.iter().any(is_material),
            Err(_) => true, // whatever was missed
        };
        if is_change {
            let _ = sender.send(()); // fails only when the server is ending
        }
    })
    .context("can't watch for changes")?;
    for (folder, mode) in MATERIAL {
        let path = root.join(folder);
        if !path.exists() {
            continue;
        }
        watcher
            .watch(&path, *mode)
            .with_context(|| format!("can't watch {} for changes", path.display()))?;
    }
    Ok((watcher, changes))
}

/// Builds the book anew after each change, and lets the pages know. A book with problems does not replace a good one.
fn rebuild(root: &Path, dest: &Path, changes: &Receiver<()>, built: &watch::Sender<()>) {
    let options = Options { live_reload: Some(LIVE_RELOAD), draft: false };
    while changes.recv().is_ok() {
        while changes.recv_timeout(ONE_CHANGE).is_ok() {}
        match build::run(root, dest, options) {
            Ok(()) => {
                println!("built anew");
                built.send_replace(());
            }
            Err(error) => tell(&error),
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
