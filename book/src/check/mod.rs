//! What the build refuses, with the page and the line.
//!
//! mdBook itself lets all of this pass: a missing include stays on the page as it was written, a missing anchor shows
//! nothing, a broken link stays broken. So the text is checked before mdBook gets it, and the links in what came out of it.

mod built;
pub mod files;
mod includes;
mod links;
mod sources;

pub use links::check_links;
pub use sources::{Page, Sources};
