//! `{{#cuts SCENARIO}}`: what servers answer to one stream, wherever it is cut in two.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use chart::html::escape;

/// Shows `tests/transcripts/SCENARIO/cuts.txt` as a table, which `theme/cuts.js` turns into a slider.
///
/// The file has a line for each cut: the first piece, the second, and the answer of each server, with tabs between and newlines
/// written as `\n`. Its first line is the head of the table, in which the second piece has no word.
pub fn render(scenario: &str, root: &Path) -> Result<String> {
    let file = format!("tests/transcripts/{scenario}/cuts.txt");
    let text = fs::read_to_string(root.join(&file))
        .with_context(|| format!("can't read {file}"))?;
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().with_context(|| format!("{file} is empty"))?;
    let mut html = String::from("<div class=\"cuts\"><table>\n<thead><tr>");
    for cell in head.iter().filter(|cell| !cell.is_empty()) {
        let _ = write!(html, "<th scope=\"col\">{}</th>", escape(cell));
    }
    html += "</tr></thead>\n<tbody>\n";
    for cells in lines {
        let [first, second, answers @ ..] = &*cells else { continue };
        let _ = write!(
            html,
            "<tr><th scope=\"row\"><code>{}</code><code>{}</code></th>",
            escape(first),
            escape(second)
        );
        for answer in answers {
            let _ = write!(html, "<td>{}</td>", greetings(answer));
        }
        html += "</tr>\n";
    }
    Ok(html + "</tbody>\n</table></div>\n")
}

/// The server's lines that answer something, in HTML: not its questions, which are in every answer.
fn greetings(answer: &str) -> String {
    let lines = answer.split("\\n").flat_map(|line| line.split("Server: "));
    let lines = lines.filter(|line| !line.is_empty() && *line != "What's your name?");
    lines.map(|line| escape(line).into_owned()).collect::<Vec<_>>().join("<br>")
}

#[cfg(test)]
mod tests {
    use super::greetings;

    #[test]
    fn questions_are_left_out() {
        let answer = r"Server: Hello Mich!\nServer: What's your name?Server: Hello ael!\nServer: What's your name?Server: Good bye!\n";
        assert_eq!(greetings(answer), "Hello Mich!<br>Hello ael!<br>Good bye!");
    }
}
