//! The search index: only the texts that can be found. The browser makes the index of words from them when somebody searches
//! (`theme/search.js`), so that words are cut in one way, in texts and in queries, and a file of a third of the size is sent.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// What makes the index of words, a function of the texts.
const INDEX: &str = include_str!("../theme/search.js");

/// Puts texts alone in the place of the index that mdBook wrote into the folder `book`.
pub fn keep_texts_alone(book: &Path) -> Result<()> {
    for entry in fs::read_dir(book)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("searchindex") {
            let script = fs::read_to_string(&path)?;
            let script = with_texts_alone(&script)
                .with_context(|| format!("{name} isn't as mdBook used to write it"))?;
            fs::write(&path, script)?;
        }
    }
    Ok(())
}

/// Makes a script with the texts out of one with an index, which is JSON in a string of JavaScript.
fn with_texts_alone(script: &str) -> Result<String> {
    let begin = script.find("JSON.parse('").context("it parses nothing")? + 12;
    let end = script.rfind("')").filter(|end| *end >= begin).context("it has no end")?;
    let index = script[begin..end].replace("\\'", "'").replace("\\\\", "\\");
    let mut index: Value = serde_json::from_str(&index)?;
    let texts = index["index"]["documentStore"]["docs"].take();
    let texts = texts.as_object().context("it has no texts")?;
    let mut texts: Vec<_> = texts.values().collect();
    texts.sort_by_key(|text| text["id"].as_str().and_then(|id| id.parse::<usize>().ok()));
    let book = json!({
        "texts": texts,
        "doc_urls": index["doc_urls"],
        "results_options": index["results_options"],
        "search_options": index["search_options"],
    });
    Ok(format!(
        "{INDEX}window.search = Object.assign(window.search, searchIndex({book}));\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_and_words_go() {
        let script = r#"window.search = Object.assign(window.search, JSON.parse('{"doc_urls":["a.html"],"index":{"documentStore":{"docs":{"0":{"body":"It\'s \\"a\\"","id":"0"}}},"index":{"body":{}}}}'));"#;
        let made = with_texts_alone(script).unwrap_or_else(|error| panic!("{error:#}"));
        assert!(made.contains(r#""texts":[{"body":"It's \"a\"","id":"0"}]"#), "{made}");
        assert!(made.contains(r#""doc_urls":["a.html"]"#), "{made}");
        let error = with_texts_alone("window.search = {};").expect_err("it has no index");
        assert_eq!(error.to_string(), "it parses nothing");
    }
}
