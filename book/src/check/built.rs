//! What the check needs to know of a page of HTML: its links, its ids, its styles.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts,
};

/// Whether a link is followed by the reader, or by the browser as soon as it shows the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Leads,
    Loads,
}

/// A link, to wherever it says.
pub struct Link {
    pub to: String,
    pub role: Role,
}

/// A page as it was built.
#[derive(Default)]
pub struct BuiltPage {
    pub links: Vec<Link>,
    pub ids: HashSet<String>,
    /// The style sheets within the page, and the `style` attributes.
    pub styles: Vec<String>,
    /// What its links start from, if not from the page itself.
    pub base: Option<String>,
}

impl BuiltPage {
    /// Reads a page or a piece of one. Any text is some HTML, so this can't fail.
    pub fn parse(text: &str) -> BuiltPage {
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(text));
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let _ = tokenizer.feed(&input); // stops at the end alone: no script is run
        tokenizer.end();
        tokenizer.sink.page.into_inner()
    }

    fn read(&mut self, tag: &Tag) {
        let value = |name: &str| {
            let attr = tag.attrs.iter().find(|it| &*it.name.local == name)?;
            Some(attr.value.trim().to_owned())
        };
        self.ids.extend(value("id"));
        self.styles.extend(value("style"));
        let rel = value("rel").unwrap_or_default();
        let role = match &*tag.name {
            "base" => {
                self.base = value("href");
                return;
            }
            "a" | "area" | "form" | "blockquote" | "q" => Role::Leads,
            "link" if matches!(&*rel, "canonical" | "license" | "author") => Role::Leads,
            _ => Role::Loads,
        };
        let names = ["href", "xlink:href", "src", "poster", "data", "action"];
        let links = names.into_iter().filter_map(value);
        let several = value("srcset").unwrap_or_default();
        let several = several
            .split(',')
            .filter_map(|it| it.split_whitespace().next())
            .map(str::to_owned);
        self.links.extend(links.chain(several).map(|to| Link { to, role }));
    }
}

/// Takes what the tokenizer finds.
#[derive(Default)]
struct Reader {
    page: RefCell<BuiltPage>,
    in_style: Cell<bool>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                self.page.borrow_mut().read(&tag);
                self.in_style.set(&*tag.name == "style");
                match &*tag.name {
                    "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" => return TokenSinkResult::RawData(RawKind::Rawtext),
                    "textarea" | "title" => {
                        return TokenSinkResult::RawData(RawKind::Rcdata);
                    }
                    _ => {}
                }
            }
            Token::TagToken(_) => self.in_style.set(false),
            Token::CharacterTokens(text) if self.in_style.get() => {
                self.page.borrow_mut().styles.push(text.to_string());
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}
