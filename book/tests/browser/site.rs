//! The built book, served on loopback.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{env, fs, thread};

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use flate2::Compression;
use flate2::write::GzEncoder;
use tower_http::services::ServeDir;

pub struct Site {
    /// Its address: `http://127.0.0.1:PORT`.
    pub address: String,
    /// The pages, by their files' names.
    pub pages: Vec<String>,
    folder: PathBuf,
}

impl Site {
    /// A page as it is sent.
    pub fn text(&self, page: &str) -> String {
        fs::read_to_string(self.folder.join(page)).expect("a page can be read")
    }

    pub fn search_index(&self) -> String {
        let files = fs::read_dir(&self.folder).expect("the book's folder can be read");
        let mut names =
            files.flatten().filter_map(|it| it.file_name().into_string().ok());
        let index = names.find(|name| name.starts_with("searchindex"));
        self.text(&index.expect("the book has a search index"))
    }

    /// How many bytes are sent for this address by a server that compresses, as those do that serve the book to others.
    pub fn compressed(&self, url: &str) -> usize {
        let path = url.strip_prefix(&self.address).expect("it is of this site");
        let path = self.folder.join(path.trim_start_matches('/'));
        let body = fs::read(&path).expect("what was loaded can be read");
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&body).expect("there is room in memory");
        encoder.finish().expect("there is room in memory").len()
    }
}

/// The book, built once for all tests. `BOOK_SITE` names one that is built already.
pub fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = match env::var_os("BOOK_SITE") {
            Some(folder) => PathBuf::from(folder),
            None => {
                let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("book");
                Command::new(cargo_bin!("book"))
                    .args(["build", "--dest"])
                    .arg(&folder)
                    .timeout(std::time::Duration::from_secs(60))
                    .assert()
                    .success();
                folder
            }
        };
        let files = walkdir::WalkDir::new(&folder).into_iter().flatten();
        let names = files.filter_map(|file| {
            Some(file.path().strip_prefix(&folder).ok()?.to_str()?.replace('\\', "/"))
        });
        let mut pages: Vec<String> = names
            .filter(|name| name.ends_with(".html"))
            // One is the frame of the contents, one opens the printer.
            .filter(|name| name != "toc.html" && name != "print.html")
            .collect();
        pages.sort();
        assert!(!pages.is_empty(), "there is no page in {}", folder.display());
        Site { address: serve(folder.clone()), pages, folder }
    })
}

/// Serves a folder until the tests end, and says where.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.set_nonblocking(true).expect("it can be polled");
    let address = listener.local_addr().expect("it has an address");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let files = axum::Router::new().fallback_service(ServeDir::new(folder));
            axum::serve(listener, files).await
        })
    });
    format!("http://{address}")
}
