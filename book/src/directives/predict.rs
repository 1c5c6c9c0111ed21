//! Predictions: questions on what a program will do.
//!
//! On a page a prediction is a code block of the language `predict NAME`: the question, and its choices as a task list,
//! the right one ticked, each with an explanation below it. A test compares the right choice with what a run gives
//! (`tests/predictions.rs`).

use std::fmt::Write;
use std::ops::Range;

use anyhow::{Result, ensure};
use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, html};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};

/// A prediction as it stands on a page.
pub struct Prediction<'a> {
    /// Its bytes in the text: the whole code block.
    pub range: Range<usize>,
    pub name: String,
    block: &'a str,
}

/// A question, and the ways to answer it.
pub struct Question {
    question: String,
    pub choices: Vec<Choice>,
}

/// A way to answer.
pub struct Choice {
    pub text: String,
    why: String,
    pub right: bool,
}

/// Finds the predictions in a Markdown text.
pub fn find(text: &str) -> Vec<Prediction<'_>> {
    let prediction = |(range, name, block)| Prediction { range, name, block };
    blocks("predict ", text).into_iter().map(prediction).collect()
}

/// Finds the code blocks whose language begins like this: their bytes in the text, the rest of the language, and the block.
pub fn blocks<'a>(kind: &str, text: &'a str) -> Vec<(Range<usize>, String, &'a str)> {
    new_cmark_parser(text, &MarkdownOptions::default())
        .into_offset_iter()
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                let name = language.strip_prefix(kind)?.trim().to_owned();
                let block = &text[range.clone()];
                Some((range, name, block))
            }
            _ => None,
        })
        .collect()
}

/// Asks the question. Each choice unfolds into its explanation, without JavaScript as well; `predict.js` remembers which
/// one was opened first.
pub fn render(prediction: &Prediction) -> Result<String> {
    let question = Question::parse(prediction.block)?;
    Ok(format!(
        "<div class=\"predict\" data-name=\"{}\">\n{}</div>",
        prediction.name,
        question.html()
    ))
}

impl Question {
    /// Takes a code block apart.
    pub fn parse(block: &str) -> Result<Question> {
        let (question, choices) = parse(block);
        let right = choices.iter().filter(|choice| choice.right).count();
        ensure!(!question.is_empty(), "it asks nothing");
        ensure!(choices.len() >= 2, "it needs two choices at least");
        ensure!(right == 1, "it needs one right choice, `- [x]`");
        for choice in &choices {
            ensure!(!choice.why.is_empty(), "`{}` has no explanation", choice.text);
        }
        Ok(Question { question, choices })
    }

    /// The question, and each choice as an element that unfolds.
    pub fn html(&self) -> String {
        let mut html = format!("<div class=\"ask\">{}</div>\n", markdown(&self.question));
        for choice in &self.choices {
            let (class, verdict) = match choice.right {
                true => ("correct", "Right."),
                false => ("incorrect", "Not quite."),
            };
            let _ = writeln!(
                html,
                "<details class=\"{class}\"><summary>{}</summary>\
                 <div><strong>{verdict}</strong> {}</div></details>",
                inline(&choice.text),
                inline(&choice.why)
            );
        }
        html
    }
}

/// Takes the code block apart: the question, and the choices.
fn parse(block: &str) -> (String, Vec<Choice>) {
    let mut question = String::new();
    let mut choices: Vec<Choice> = Vec::new();
    let inside = block.lines().skip(1).filter(|line| !line.starts_with("```"));
    for line in inside {
        let ticked = line.strip_prefix("- [x] ");
        if let Some(text) = ticked.or_else(|| line.strip_prefix("- [ ] ")) {
            choices.push(Choice {
                text: text.to_owned(),
                why: String::new(),
                right: ticked.is_some(),
            });
            continue;
        }
        let target = choices.last_mut().map_or(&mut question, |choice| &mut choice.why);
        *target += line.trim();
        target.push('\n');
    }
    for text in choices.iter_mut().map(|choice| &mut choice.why).chain([&mut question]) {
        *text = text.trim().to_owned();
    }
    (question, choices)
}

/// HTML without blank lines, so that Markdown takes it for part of the block around it.
fn markdown(text: &str) -> String {
    let mut rendered = String::new();
    html::push_html(&mut rendered, Parser::new(text));
    rendered.trim().replace("\n\n", "\n")
}

/// The same, of one paragraph, without the paragraph.
fn inline(text: &str) -> String {
    let html = markdown(text);
    let inner = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>"));
    inner.map_or(html.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "Before.\n\n```predict one\nWhat *is* it?\n\n- [ ] `this`\n  No, it\n  is not.\n\
                        - [x] that\n  Yes.\n```\n\nBehind.\n";

    #[test]
    fn a_prediction_is_found_and_asked() {
        let found = find(PAGE);
        assert_eq!(found.len(), 1);
        assert!(PAGE[found[0].range.end..].trim_start().starts_with("Behind."));
        let html = render(&found[0]).expect("it is well formed");
        assert!(
            html.contains("<div class=\"ask\"><p>What <em>is</em> it?</p></div>"),
            "{html}"
        );
        assert!(
            html.contains(
                "<details class=\"incorrect\"><summary><code>this</code></summary>\
                 <div><strong>Not quite.</strong> No, it\nis not.</div></details>"
            ),
            "{html}"
        );
        assert!(
            html.contains("<details class=\"correct\"><summary>that</summary>"),
            "{html}"
        );
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        for (from, to, expected) in [
            ("- [x]", "- [ ]", "one right choice"),
            ("- [ ]", "- [x]", "one right choice"),
            ("  Yes.\n", "", "has no explanation"),
            ("What *is* it?", "", "it asks nothing"),
        ] {
            let page = PAGE.replace(from, to);
            let error = render(&find(&page)[0]).expect_err("it is refused").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
